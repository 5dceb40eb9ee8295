variable "name" {
  description = "Prefix of every name in the stack; two stacks of one account and region need different ones."
  type        = string
  nullable    = false
}

variable "packages" {
  description = "Folder of the packaged functions, `<function>/bootstrap.zip` each."
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "What the packages were built for: `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "async_sqs" {
  description = <<-EOT
    How the API of `async-sqs` is reached, and how fast its queue is worked off.

    - `authorization_type` - `AWS_IAM` for signed requests, `NONE` for anyone's.
    - `key_requests_per_day` - asks for an API key too, and bounds its use; null for no key.
    - `maximum_concurrency` - the most batches of messages at a time, 2 to 1000.
    - `requests_per_second` - what it takes from all callers together, and twice as many at once.
    - `web_acl_arn` - a regional web ACL in front of it; null for none.
  EOT
  type = object({
    authorization_type   = optional(string, "AWS_IAM")
    key_requests_per_day = optional(number)
    maximum_concurrency  = optional(number, 10)
    requests_per_second  = optional(number, 100)
    web_acl_arn          = optional(string)
  })
  default  = {}
  nullable = false
}

variable "crud_lambda" {
  description = <<-EOT
    How the API of `crud-lambda` is reached.

    - `authorization_type` - `AWS_IAM` for signed requests, `NONE` for anyone's.
    - `key_requests_per_day` - asks for an API key too, and bounds its use; null for no key.
    - `requests_per_second` - what it takes from all callers together, and twice as many at once.
    - `reserved_concurrency` - the most requests at a time; null for no bound but the account's.
    - `web_acl_arn` - a regional web ACL in front of it; null for none.
  EOT
  type = object({
    authorization_type   = optional(string, "AWS_IAM")
    key_requests_per_day = optional(number)
    requests_per_second  = optional(number, 100)
    reserved_concurrency = optional(number)
    web_acl_arn          = optional(string)
  })
  default  = {}
  nullable = false
}

variable "deletion_protection" {
  description = "Whether what holds data refuses to be deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "dynamo_proxy" {
  description = <<-EOT
    How the API of `dynamo-proxy` is reached, and what its table bears.

    - `authorization_type` - `AWS_IAM` for signed requests, `NONE` for anyone's.
    - `key_requests_per_day` - asks for an API key too, and bounds its use; null for no key.
    - `read_units`, `write_units` - provisioned capacity of the table of comments; both null for on demand.
    - `requests_per_second` - what it takes from all callers together, and twice as many at once.
    - `web_acl_arn` - a regional web ACL in front of it; null for none.
  EOT
  type = object({
    authorization_type   = optional(string, "AWS_IAM")
    key_requests_per_day = optional(number)
    read_units           = optional(number)
    requests_per_second  = optional(number, 100)
    web_acl_arn          = optional(string)
    write_units          = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = (var.dynamo_proxy.read_units == null) == (var.dynamo_proxy.write_units == null)
    error_message = "dynamo_proxy.read_units and dynamo_proxy.write_units must be given together; got ${jsonencode(var.dynamo_proxy)}."
  }
}

variable "function_url_ingest" {
  description = <<-EOT
    How the function URL of `function-url-ingest` is reached.

    - `authorization_type` - `AWS_IAM` for signed requests, `NONE` for anyone's.
    - `callers` - under `AWS_IAM`, principals that the function itself admits, by a name of letters and digits.
    - `reserved_concurrency` - the most requests at a time; null for no bound but the account's.
  EOT
  type = object({
    authorization_type   = optional(string, "AWS_IAM")
    callers              = optional(map(string), {})
    reserved_concurrency = optional(number)
  })
  default  = {}
  nullable = false
}

variable "log_retention_days" {
  description = "Days after which logs are deleted."
  type        = number
  default     = 30
  nullable    = false
}

variable "patterns" {
  description = "The patterns to create; null creates every one."
  type        = set(string)
  default     = null

  validation {
    condition     = length(setsubtract(coalesce(var.patterns, []), local.known_patterns)) == 0
    error_message = "patterns must be among ${join(", ", local.known_patterns)}; got ${jsonencode(var.patterns)}."
  }
}

variable "tracing" {
  description = "Whether functions, state machines and APIs record traces in X-Ray."
  type        = bool
  default     = true
  nullable    = false
}
