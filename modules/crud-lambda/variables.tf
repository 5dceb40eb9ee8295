variable "name" {
  description = "Prefix of every name: the API and the function are `<name>-order-api`, the tables `<name>-orders` and `<name>-order-idempotency`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,47}$", var.name))
    error_message = "name must be 1 to 48 lower-case letters, digits and hyphens, starting with a letter; got ${jsonencode(var.name)}."
  }
}

variable "packages" {
  description = "Folder of the packaged functions; this pattern takes `order-api/bootstrap.zip` from it."
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
  description = "Whether DynamoDB refuses to delete the tables."
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

variable "reserved_concurrency" {
  description = "The most requests at a time, so that a public API cannot use up the account's pool; null leaves it to the pool."
  type        = number
  default     = null
}

variable "table_alias" {
  description = "What clients call the table in `tableName`, besides its own name. The default is what clients of the system that this one takes over from send."
  type        = string
  default     = "order-microservice-db"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.table_alias))
    error_message = "table_alias must be 3 to 255 letters, digits, dots, hyphens and underscores; got ${jsonencode(var.table_alias)}."
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
