variable "packages" {
  type = string
}

module "submissions" {
  source = "../../function-url-ingest"

  name     = "shop"
  packages = var.packages

  callers = {
    Website = "arn:aws:iam::123456789012:role/website"
  }

  pincode = {
    pattern = "[1-9][0-9]{5}"
    rule    = "6 digits, the first not 0"
  }
}

output "url" {
  value = module.submissions.url
}

output "table" {
  value = module.submissions.table
}
