# A REST API from one OpenAPI document, as Spillway's own modules make theirs: what it answers comes
# from a variable, so that a test can change it and deploy again.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  backend "local" {}
}

provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

variable "greeting" {
  type = string
}

variable "name" {
  type = string
}

resource "aws_api_gateway_rest_api" "this" {
  name               = var.name
  description        = "Made by a test"
  binary_media_types = ["image/png"]

  body = templatefile("${path.module}/api.yaml", { greeting = var.greeting })

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    body = sha256(aws_api_gateway_rest_api.this.body)
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "live"

  variables = {
    place = "here"
  }
}

output "api_id" {
  value = aws_api_gateway_rest_api.this.id
}

output "invoke_url" {
  value = aws_api_gateway_stage.this.invoke_url
}
