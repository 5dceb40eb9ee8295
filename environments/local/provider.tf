# The real provider, pointed at the local AWS. Only environments have a provider, and only this one
# has endpoints: nothing under modules/ or functions/ knows that a local AWS exists.

provider "aws" {
  region     = "us-east-1"
  access_key = "test"
  secret_key = "test"

  # The credentials are made up and there is no instance: asking AWS about either would only wait.
  # The account id is asked for, at the local STS, because ARNs lack it otherwise.
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = false

  # An endpoint on this machine that does not answer is not there; trying on for minutes would keep
  # whoever has just stopped it waiting.
  max_retries = 3

  # A bucket as a host name (`bucket.localhost`) does not resolve everywhere.
  s3_use_path_style = true

  # A service that is missing here would be called in the real AWS.
  endpoints {
    apigateway     = var.endpoint
    cloudformation = var.endpoint
    cloudwatch     = var.endpoint
    dynamodb       = var.endpoint
    ec2            = var.endpoint
    ecr            = var.endpoint
    ecs            = var.endpoint
    events         = var.endpoint
    iam            = var.endpoint
    kinesis        = var.endpoint
    kms            = var.endpoint
    lambda         = var.endpoint
    logs           = var.endpoint
    s3             = var.endpoint
    scheduler      = var.endpoint
    secretsmanager = var.endpoint
    sfn            = var.endpoint
    sns            = var.endpoint
    sqs            = var.endpoint
    ssm            = var.endpoint
    sts            = var.endpoint
    wafv2          = var.endpoint
  }

  default_tags {
    tags = {
      Project     = "spillway"
      Environment = "local"
      Stack       = var.name
    }
  }
}
