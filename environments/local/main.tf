# The stack on the laptop: open to anyone who can reach the port, deleted without asking, and not
# traced, because the local AWS has no X-Ray.

module "stack" {
  source = "../../modules/stack"

  name     = var.name
  packages = var.packages
  patterns = var.patterns

  architecture        = var.architecture
  deletion_protection = false
  log_retention_days  = 1
  tracing             = false

  function_url_ingest = { authorization_type = "NONE" }
}
