variable "name" {
  description = "Prefix of every name: the API is `<name>-comments`, the function `<name>-comment-stream`, the tables `<name>-comments`, `<name>-comment-stats` and `<name>-comment-events`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,47}$", var.name))
    error_message = "name must be 1 to 48 lower-case letters, digits and hyphens, starting with a letter; got ${jsonencode(var.name)}."
  }
}

variable "packages" {
  description = "Folder of the packaged functions; this pattern takes `comment-stream/bootstrap.zip` from it."
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

variable "provisioned_capacity" {
  description = <<-EOT
    Capacity of the table of comments, and of its index as much again; null for on demand.

    - `read_units` - strongly consistent reads of 4 KB a second.
    - `write_units` - writes of 1 KB a second.
  EOT
  type = object({
    read_units  = number
    write_units = number
  })
  default = null

  validation {
    condition     = var.provisioned_capacity == null || try(alltrue([for units in values(var.provisioned_capacity) : units >= 1 && floor(units) == units]), false)
    error_message = "provisioned_capacity.read_units and provisioned_capacity.write_units must be whole numbers of 1 or more; got ${jsonencode(var.provisioned_capacity)}."
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
