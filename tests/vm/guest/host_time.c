// Copyright (c) 2026 The vmtime.linux authors
// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * host_time FILE... -- writes this machine's CLOCK_REALTIME, in nanoseconds, into the first 8 bytes
 * of each file, every 0.5 ms until it is ended.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILES 64

int main(int argc, char **argv)
{
	static volatile uint64_t *pages[MAX_FILES];
	const struct timespec period = { 0, 500000 };
	const struct sched_param first = { .sched_priority = 1 };
	struct timespec now;
	int i;

	if (argc < 2 || argc > MAX_FILES)
		return 2;
	for (i = 1; i < argc; i++) {
		int file = open(argv[i], O_RDWR);

		if (file < 0) {
			perror(argv[i]);
			return 1;
		}
		pages[i] = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
		if (pages[i] == MAP_FAILED) {
			perror(argv[i]);
			return 1;
		}
		close(file);
	}
	/* a host's clock is never late; where this is refused it is as late as the machine is busy */
	sched_setscheduler(0, SCHED_FIFO, &first);
	prctl(PR_SET_TIMERSLACK, 10000);
	for (;;) {
		for (i = 1; i < argc; i++) {
			clock_gettime(CLOCK_REALTIME, &now);
			*pages[i] = now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
		}
		clock_nanosleep(CLOCK_MONOTONIC, 0, &period, NULL);
	}
}
