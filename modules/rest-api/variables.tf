variable "name" {
  description = "Name of the API, of its access log group (`/aws/apigateway/<name>`), its usage plan and its API key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,63}$", var.name))
    error_message = "name must be 1 to 64 lower-case letters, digits and hyphens, starting with a letter; got ${jsonencode(var.name)}."
  }
}

variable "body" {
  description = "The API as an OpenAPI 3 document, YAML or JSON, with `x-amazon-apigateway-*` extensions. A change of it is deployed."
  type        = string
  nullable    = false

  validation {
    condition     = can(yamldecode(var.body).openapi) && can(yamldecode(var.body).paths)
    error_message = "body must be an OpenAPI 3 document with paths, in YAML or JSON; got ${jsonencode(substr(var.body, 0, 60))}."
  }
}

variable "execution_log_level" {
  description = "What API Gateway logs of its own work: `OFF`, `ERROR` or `INFO`. Like access logs it needs the account's role for API Gateway's logs (`aws_api_gateway_account`)."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["OFF", "ERROR", "INFO"], var.execution_log_level)
    error_message = "execution_log_level must be OFF, ERROR or INFO; got ${jsonencode(var.execution_log_level)}."
  }
}

variable "log_retention_days" {
  description = "Days after which log lines are deleted; one of the periods that CloudWatch Logs knows, never 0 (for ever)."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs knows (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, ... 3653); got ${var.log_retention_days}."
  }
}

variable "stage" {
  description = "Name of the stage, which is the first part of every path."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage must be 1 to 128 letters, digits, hyphens and underscores; got ${jsonencode(var.stage)}."
  }
}

variable "stage_variables" {
  description = "The stage's variables by their names, which the document and its templates read as `$stageVariables.NAME`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, value in var.stage_variables : can(regex("^[A-Za-z0-9_]{1,64}$", name)) && can(regex("^[A-Za-z0-9._~:/?#&=,-]{1,512}$", value))])
    error_message = "stage_variables must have names of 1 to 64 letters, digits and underscores and values of 1 to 512 letters, digits and -._~:/?#&=,; got ${jsonencode(var.stage_variables)}."
  }
}

variable "throttling" {
  description = <<-EOT
    How much each method takes from all callers together; beyond it they read 429.

    - `burst` - the most requests at once.
    - `requests_per_second` - the steady rate.
  EOT
  type = object({
    burst               = optional(number, 200)
    requests_per_second = optional(number, 100)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.throttling.burst >= 0 && floor(var.throttling.burst) == var.throttling.burst && var.throttling.requests_per_second >= 0
    error_message = "throttling.burst must be a whole number and throttling.requests_per_second a number, of 0 or more; got ${jsonencode(var.throttling)}."
  }
}

variable "tracing" {
  description = "Whether API Gateway records a sample of the requests in X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "usage_plan" {
  description = <<-EOT
    An API key, and how much the callers who have it may ask for; null for none. It holds for the methods whose `security` in the document asks for a key.

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

  validation {
    condition     = var.usage_plan == null || try(var.usage_plan.burst >= 0 && var.usage_plan.requests_per_second >= 0 && var.usage_plan.requests_per_day >= 1, false)
    error_message = "usage_plan.burst and usage_plan.requests_per_second must be 0 or more, usage_plan.requests_per_day 1 or more; got ${jsonencode(var.usage_plan)}."
  }
}

variable "web_acl_arn" {
  description = "A regional web ACL in front of the stage; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.web_acl_arn == null || can(regex("^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/", var.web_acl_arn))
    error_message = "web_acl_arn must be the ARN of a regional web ACL; got ${jsonencode(var.web_acl_arn)}."
  }
}
