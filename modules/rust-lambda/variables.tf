variable "name" {
  description = "Name of the function, of its role and of its log group (`/aws/lambda/<name>`)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,63}$", var.name))
    error_message = "name must be 1 to 64 lower-case letters, digits and hyphens, starting with a letter; got ${jsonencode(var.name)}."
  }
}

variable "package" {
  description = "Path of the zip that holds the executable `bootstrap`. The function changes when its bytes do."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists(var.package)
    error_message = "package must be the path of a zip; there is no file at ${jsonencode(var.package)}. Package the function first."
  }
}

variable "architecture" {
  description = "What the executable in the package was built for: `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64; got ${jsonencode(var.architecture)}."
  }
}

variable "environment" {
  description = "Environment variables of the function. They are not secret: anyone who may read the function's configuration reads them."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_level" {
  description = "The least severe of the function's own log lines that is kept: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"], var.log_level)
    error_message = "log_level must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL; got ${jsonencode(var.log_level)}."
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

variable "memory_mb" {
  description = "Memory in MB, which also buys CPU."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240; got ${var.memory_mb}."
  }
}

variable "on_failure" {
  description = <<-EOT
    Where an asynchronous invocation goes once Lambda gives up on it; null where nobody invokes the function asynchronously.

    - `arn` - an SQS queue or an SNS topic. The role is granted sending to it.
  EOT
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.on_failure == null || can(regex("^arn:[a-z-]+:(sqs|sns):", var.on_failure.arn))
    error_message = "on_failure.arn must be the ARN of an SQS queue or an SNS topic; got ${jsonencode(try(var.on_failure.arn, null))}."
  }
}

variable "reserved_concurrency" {
  description = "The most invocations at a time, taken out of the account's pool; 0 stops the function; null leaves it to the pool."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null || try(var.reserved_concurrency >= 0 && floor(var.reserved_concurrency) == var.reserved_concurrency, false)
    error_message = "reserved_concurrency must be a whole number of 0 or more, or null; got ${jsonencode(var.reserved_concurrency)}."
  }
}

variable "statements" {
  description = <<-EOT
    What the function may do besides logging and tracing, as policy statements by their Sid: one purpose, one statement.

    - `actions` - exact IAM actions, such as `dynamodb:GetItem`.
    - `resources` - exact ARNs.
  EOT
  type = map(object({
    actions   = set(string)
    resources = set(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for sid, _ in var.statements : can(regex("^[A-Za-z0-9]+$", sid))])
    error_message = "statements must have letters and digits as keys, because a key is the Sid; got ${jsonencode(keys(var.statements))}."
  }

  validation {
    condition     = alltrue([for action in flatten([for _, s in var.statements : tolist(s.actions)]) : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action))])
    error_message = "statements must name exact actions, without a wildcard; got ${jsonencode(flatten([for _, s in var.statements : tolist(s.actions)]))}."
  }

  validation {
    condition     = alltrue([for resource in flatten([for _, s in var.statements : tolist(s.resources)]) : can(regex("^arn:", resource))])
    error_message = "statements must name ARNs as resources; got ${jsonencode(flatten([for _, s in var.statements : tolist(s.resources)]))}."
  }
}

variable "timeout_seconds" {
  description = "Longest run of one invocation."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 1 to 900; got ${var.timeout_seconds}."
  }
}

variable "tracing" {
  description = "Whether Lambda records a sample of the invocations in X-Ray."
  type        = bool
  default     = true
  nullable    = false
}
