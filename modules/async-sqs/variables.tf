variable "name" {
  description = "Prefix of every name: the API, the queue and the table are `<name>-users`, the dead-letter queue `<name>-users-dead-letters`, the function `<name>-user-writer`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,47}$", var.name))
    error_message = "name must be 1 to 48 lower-case letters, digits and hyphens, starting with a letter; got ${jsonencode(var.name)}."
  }
}

variable "packages" {
  description = "Folder of the packaged functions; this pattern takes `user-writer/bootstrap.zip` from it."
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "What the package was built for: `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "authorization_type" {
  description = "Who may call: `AWS_IAM` takes signed requests of principals of this account whose own policy allows `execute-api:Invoke`, `NONE` takes anyone's."
  type        = string
  default     = "AWS_IAM"
  nullable    = false

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.authorization_type)
    error_message = "authorization_type must be AWS_IAM or NONE; got ${jsonencode(var.authorization_type)}."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_retention_days" {
  description = "Days after which the logs of the API and of the function are deleted."
  type        = number
  default     = 30
  nullable    = false
}

variable "maximum_concurrency" {
  description = "The most batches of ten messages that the function works on at a time; what is beyond waits in the queue."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000 && floor(var.maximum_concurrency) == var.maximum_concurrency
    error_message = "maximum_concurrency must be a whole number from 2 to 1000; got ${var.maximum_concurrency}."
  }
}

variable "throttling" {
  description = <<-EOT
    How much the API takes from all callers together; beyond it they read 429.

    - `burst` - the most requests at once.
    - `requests_per_second` - the steady rate.
  EOT
  type = object({
    burst               = optional(number, 200)
    requests_per_second = optional(number, 100)
  })
  default  = {}
  nullable = false
}

variable "tracing" {
  description = "Whether the API and the function record traces in X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "usage_plan" {
  description = <<-EOT
    Asks every request for an API key (`x-api-key`) too, and bounds what all who have it may ask for; null for no key.

    - `burst` - the most requests at once.
    - `requests_per_day` - the quota.
    - `requests_per_second` - the steady rate.
  EOT
  type = object({
    burst               = optional(number, 20)
    requests_per_day    = optional(number, 10000)
    requests_per_second = optional(number, 10)
  })
  default = null
}

variable "web_acl_arn" {
  description = "A regional web ACL in front of the API; null for none."
  type        = string
  default     = null
}
