# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

# A managed image in Azure. Log in with "az login" first.

variable "subscription_id" {
  type    = string
  default = env("ARM_SUBSCRIPTION_ID")
}

variable "resource_group" {
  type        = string
  description = "The group that gets the image. It must exist."
}

variable "image_name" {
  type    = string
  default = "debian-12-timesync"
}

variable "location" {
  type    = string
  default = "westeurope"
}

variable "vm_size" {
  type    = string
  default = "Standard_B2s"
}

source "azure-arm" "debian" {
  use_azure_cli_auth = true
  subscription_id    = var.subscription_id

  os_type         = "Linux"
  image_publisher = "Debian"
  image_offer     = "debian-12"
  image_sku       = "12-gen2"
  location        = var.location
  vm_size         = var.vm_size

  managed_image_name                = var.image_name
  managed_image_resource_group_name = var.resource_group
}

build {
  sources = ["source.azure-arm.debian"]

  provisioner "ansible" {
    playbook_file = "${path.root}/../playbook.yml"
    use_proxy     = false
  }

  # Azure's agent removes what is this machine's own. It has to come last.
  provisioner "shell" {
    execute_command = "sudo sh -c '{{ .Vars }} {{ .Path }}'"
    inline          = ["/usr/sbin/waagent -force -deprovision+user", "sync"]
    inline_shebang  = "/bin/sh -x"
  }
}
