variable "image" {
  type    = string
  default = "debian-13"
}

variable "sites" {
  type    = set(string)
  default = ["north"]
}

resource "terraform_data" "image_at_site" {
  for_each         = var.sites
  triggers_replace = [var.image, each.key]

  provisioner "local-exec" {
    command = "openstack image replicate \"$IMAGE\" --to \"$SITE\" --wait"
    environment = {
      OS_CLOUD = "home"
      IMAGE    = var.image
      SITE     = each.key
    }
  }
}
