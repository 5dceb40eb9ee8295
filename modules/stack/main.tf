# The stack: every pattern that an environment asks for, with what environments set differently.
# Local, dev, test and prod apply this same module; what does not differ between them is decided in
# the patterns.

locals {
  known_patterns = toset(["function-url-ingest"])
  patterns       = coalesce(var.patterns, local.known_patterns)
}

module "function_url_ingest" {
  source = "../function-url-ingest"
  count  = contains(local.patterns, "function-url-ingest") ? 1 : 0

  name     = var.name
  packages = var.packages

  architecture         = var.architecture
  authorization_type   = var.function_url_ingest.authorization_type
  callers              = var.function_url_ingest.callers
  deletion_protection  = var.deletion_protection
  log_retention_days   = var.log_retention_days
  reserved_concurrency = var.function_url_ingest.reserved_concurrency
  tracing              = var.tracing
}
