# The floor is what the tests run on: they rely on `override_during` (Terraform 1.11), and a lower
# floor would be a guess that nobody checks. Provider 6 is left out for the same reason.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6.0"
    }
  }
}
