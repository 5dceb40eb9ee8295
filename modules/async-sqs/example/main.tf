variable "packages" {
  type = string
}

module "users" {
  source = "../../async-sqs"

  name     = "shop"
  packages = var.packages

  maximum_concurrency = 50
  throttling          = { requests_per_second = 50, burst = 100 }
}

output "url" {
  value = module.users.url
}

output "table" {
  value = module.users.table
}
