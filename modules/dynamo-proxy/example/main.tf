variable "packages" {
  type = string
}

module "comments" {
  source = "../../dynamo-proxy"

  name     = "shop"
  packages = var.packages

  provisioned_capacity = { read_units = 20, write_units = 20 }
  throttling           = { requests_per_second = 50, burst = 100 }
}

output "url" {
  value = module.comments.url
}

output "table" {
  value = module.comments.table
}
