# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

# A disk for QEMU and KVM, made from another one.

variable "disk" {
  type        = string
  description = "An image in which ssh_username has the key of ssh_private_key_file, and sudo."
}

variable "disk_checksum" {
  type        = string
  description = "As sha512:..., or none for an image that is known to be good."
}

variable "ssh_username" {
  type    = string
  default = "root"
}

variable "ssh_private_key_file" {
  type = string
}

variable "accelerator" {
  type        = string
  default     = "kvm"
  description = "tcg where there is no KVM."
}

variable "memory" {
  type    = number
  default = 1024
}

variable "qemu_arguments" {
  type        = list(list(string))
  default     = []
  description = "What the image needs to boot, as a disk with its user data or a kernel."
}

variable "output_directory" {
  type    = string
  default = "output"
}

source "qemu" "image" {
  disk_image       = true
  iso_url          = var.disk
  iso_checksum     = var.disk_checksum
  format           = "qcow2"
  skip_resize_disk = true
  skip_compaction  = true
  vm_name          = "image.qcow2"
  output_directory = var.output_directory

  accelerator    = var.accelerator
  memory         = var.memory
  headless       = true
  disk_interface = "virtio"
  net_device     = "virtio-net"
  # the port of ssh is open to this machine alone
  qemuargs = concat(var.qemu_arguments, [
    ["-netdev", "user,id=user.0,hostfwd=tcp:127.0.0.1:{{ .SSHHostPort }}-:22"],
  ])

  ssh_username         = var.ssh_username
  ssh_private_key_file = var.ssh_private_key_file
  ssh_timeout          = "10m"
  shutdown_command     = var.ssh_username == "root" ? "systemctl poweroff" : "sudo systemctl poweroff"
}

build {
  sources = ["source.qemu.image"]

  provisioner "ansible" {
    playbook_file = "${path.root}/../playbook.yml"
    user          = var.ssh_username
    use_proxy     = false
  }
}
