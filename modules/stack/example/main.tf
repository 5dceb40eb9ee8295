variable "packages" {
  type = string
}

module "stack" {
  source = "../../stack"

  name     = "spillway-dev"
  packages = var.packages
  patterns = ["function-url-ingest"]

  deletion_protection = false
  log_retention_days  = 7
}

output "patterns" {
  value = module.stack.patterns
}
