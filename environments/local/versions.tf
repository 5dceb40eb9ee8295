terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # The state lies beside the local AWS that it describes, and goes with it.
  backend "local" {
    path = "../../.spillway/4566/terraform.tfstate"
  }
}
