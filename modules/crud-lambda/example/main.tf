variable "packages" {
  type = string
}

module "orders" {
  source = "../../crud-lambda"

  name     = "shop"
  packages = var.packages

  throttling = { requests_per_second = 50, burst = 100 }
  usage_plan = { requests_per_day = 100000 }
}

output "url" {
  value = module.orders.url
}

output "table" {
  value = module.orders.table
}
