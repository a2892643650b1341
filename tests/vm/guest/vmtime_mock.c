// Copyright (c) 2026 The vmtime.linux authors
// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A test fixture: what a hypervisor with a PTP clock shows its guest, over QEMU's ivshmem device.
 *
 * The host writes its CLOCK_REALTIME into the first 8 bytes of the shared memory, again and again.
 * This module serves that as PTP clocks of any names, and ten times a second writes back what the
 * host's and the guest's clock say in the same instant. Like hv_utils' clock these can only be read.
 */
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#define MAX_CLOCKS 4
#define SAMPLES 4096
#define SAMPLE_NS (100 * NSEC_PER_MSEC)
#define INSTANT_NS (100 * NSEC_PER_USEC)
#define MAX_TRIES 20

struct sample {
	u64 host_ns;
	u64 guest_ns;
};

/* tests/vm/offsets.py and host_time.c know this layout too */
struct shared {
	u64 host_ns;	/* CLOCK_REALTIME of the host, written by it */
	u64 count;	/* of the samples so far, written by the guest after each */
	struct sample samples[SAMPLES];
};

static char *clocks[MAX_CLOCKS];
static int clock_count;
module_param_array(clocks, charp, &clock_count, 0444);
MODULE_PARM_DESC(clocks, "names of the PTP clocks, in the order of their numbers");

static int errors_ms[MAX_CLOCKS];
module_param_array(errors_ms, int, NULL, 0644);
MODULE_PARM_DESC(errors_ms, "by how much each clock is wrong");

static int delay_s;
module_param(delay_s, int, 0444);
MODULE_PARM_DESC(delay_s, "seconds until the clocks appear");

static bool vmbus;
module_param(vmbus, bool, 0444);
MODULE_PARM_DESC(vmbus, "whether to show Hyper-V's bus with its time-sync service on it");

/* -- the PTP clocks */

struct mock {
	struct ptp_clock_info info;
	struct ptp_clock *clock;
	int index;
};

static struct shared *shared;
static struct mock mocks[MAX_CLOCKS];

static int mock_gettime(struct ptp_clock_info *info, struct timespec64 *ts)
{
	struct mock *mock = container_of(info, struct mock, info);
	u64 ns = READ_ONCE(shared->host_ns);

	if (!ns)
		return -ESTALE;
	*ts = ns_to_timespec64(ns + (s64)errors_ms[mock->index] * NSEC_PER_MSEC);
	return 0;
}

static int mock_settime(struct ptp_clock_info *info, const struct timespec64 *ts)
{
	return -EOPNOTSUPP;
}

static int mock_adjfine(struct ptp_clock_info *info, long ppm)
{
	return -EOPNOTSUPP;
}

static int mock_adjtime(struct ptp_clock_info *info, s64 delta)
{
	return -EOPNOTSUPP;
}

static int mock_enable(struct ptp_clock_info *info, struct ptp_clock_request *request, int on)
{
	return -EOPNOTSUPP;
}

static const struct ptp_clock_info mock_info = {
	.owner = THIS_MODULE,
	.gettime64 = mock_gettime,
	.settime64 = mock_settime,
	.adjfine = mock_adjfine,
	.adjtime = mock_adjtime,
	.enable = mock_enable,
};

static void register_clocks(struct work_struct *work)
{
	int i;

	for (i = 0; i < clock_count; i++) {
		mocks[i].index = i;
		mocks[i].info = mock_info;
		strscpy(mocks[i].info.name, clocks[i], sizeof(mocks[i].info.name));
		/* hv_utils names no parent either */
		mocks[i].clock = ptp_clock_register(&mocks[i].info, NULL);
		if (IS_ERR_OR_NULL(mocks[i].clock)) {
			pr_err("vmtime_mock: no clock '%s'\n", clocks[i]);
			mocks[i].clock = NULL;
		}
	}
}

static DECLARE_DELAYED_WORK(registration, register_clocks);

/* -- Hyper-V's bus: the time-sync service, bound to a driver named hv_utils */

static ssize_t class_id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "{9527e630-d0ae-497b-adce-e80ab0175caf}\n");
}
static DEVICE_ATTR_RO(class_id);

static struct attribute *service_attrs[] = { &dev_attr_class_id.attr, NULL };
ATTRIBUTE_GROUPS(service);

static void service_release(struct device *dev)
{
}

static struct bus_type bus = { .name = "vmbus" };
static struct device_driver driver = { .name = "hv_utils", .bus = &bus, .owner = THIS_MODULE };
static struct device service = {
	.init_name = "2dd1ce17-079e-403c-b352-a1921ee207ee",
	.bus = &bus,
	.groups = service_groups,
	.release = service_release,
};

static int show_vmbus(void)
{
	int err = bus_register(&bus);

	if (err)
		return err;
	err = driver_register(&driver);
	if (err)
		goto no_driver;
	err = device_register(&service);
	if (!err)
		return 0;
	put_device(&service);
	driver_unregister(&driver);
no_driver:
	bus_unregister(&bus);
	return err;
}

static void hide_vmbus(void)
{
	device_unregister(&service);
	driver_unregister(&driver);
	bus_unregister(&bus);
}

/* -- what is measured */

static struct hrtimer sampler;

static enum hrtimer_restart take_sample(struct hrtimer *timer)
{
	u64 count = READ_ONCE(shared->count);
	struct sample *sample = &shared->samples[count % SAMPLES];
	u64 before, host, after;
	int tries = 0;

	/* the host may let the guest wait between one clock and the other */
	do {
		before = ktime_get_real_ns();
		host = READ_ONCE(shared->host_ns);
		after = ktime_get_real_ns();
	} while (after - before > INSTANT_NS && ++tries < MAX_TRIES);
	WRITE_ONCE(sample->host_ns, host);
	WRITE_ONCE(sample->guest_ns, before + (after - before) / 2);
	smp_store_release(&shared->count, count + 1);
	hrtimer_forward_now(timer, ns_to_ktime(SAMPLE_NS));
	return HRTIMER_RESTART;
}

/* -- the device */

static int mock_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err = pcim_enable_device(pdev);

	if (err)
		return err;
	/* it is memory: ordinary loads and stores will do */
	shared = devm_memremap(&pdev->dev, pci_resource_start(pdev, 2), sizeof(*shared), MEMREMAP_WB);
	if (IS_ERR(shared))
		return PTR_ERR(shared);
	hrtimer_init(&sampler, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	sampler.function = take_sample;
	hrtimer_start(&sampler, ns_to_ktime(SAMPLE_NS), HRTIMER_MODE_REL);
	schedule_delayed_work(&registration, delay_s * HZ);
	return 0;
}

static void mock_remove(struct pci_dev *pdev)
{
	int i;

	cancel_delayed_work_sync(&registration);
	for (i = 0; i < MAX_CLOCKS; i++)
		if (mocks[i].clock)
			ptp_clock_unregister(mocks[i].clock);
	memset(mocks, 0, sizeof(mocks));
	hrtimer_cancel(&sampler);
}

static const struct pci_device_id mock_ids[] = { { PCI_DEVICE(0x1af4, 0x1110) }, { } };
MODULE_DEVICE_TABLE(pci, mock_ids);

static struct pci_driver mock_driver = {
	.name = "vmtime_mock",
	.id_table = mock_ids,
	.probe = mock_probe,
	.remove = mock_remove,
};

static int __init mock_init(void)
{
	int err = vmbus ? show_vmbus() : 0;

	if (err)
		return err;
	err = pci_register_driver(&mock_driver);
	if (err && vmbus)
		hide_vmbus();
	return err;
}
module_init(mock_init);

static void __exit mock_exit(void)
{
	pci_unregister_driver(&mock_driver);
	if (vmbus)
		hide_vmbus();
}
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test fixture: PTP clocks that show the host's time, through shared memory");
