terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # The state stays on this machine: it describes a local AWS and dies with it.
  backend "local" {}
}
