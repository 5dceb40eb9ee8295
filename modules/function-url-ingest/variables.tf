variable "name" {
  description = "Prefix of every name: the function is `<name>-submission-url`, the state machine `<name>-submission-flow`, the table `<name>-submissions`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,47}$", var.name))
    error_message = "name must be 1 to 48 lower-case letters, digits and hyphens, starting with a letter; got ${jsonencode(var.name)}."
  }
}

variable "packages" {
  description = "Folder of the packaged functions; this pattern takes `submission-url/bootstrap.zip` from it."
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
  description = "Who may call the URL: `AWS_IAM` takes signed requests of `callers` and of principals of this account whose own policy allows it, `NONE` takes anyone's."
  type        = string
  default     = "AWS_IAM"
  nullable    = false

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.authorization_type)
    error_message = "authorization_type must be AWS_IAM or NONE; got ${jsonencode(var.authorization_type)}."
  }
}

variable "callers" {
  description = "Under `AWS_IAM`, the principals that the function itself admits, by a name of letters and digits: account ids, or ARNs of roles and users. Another account's principal needs its own policy too."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for caller, _ in var.callers : can(regex("^[A-Za-z0-9]+$", caller))])
    error_message = "callers must have letters and digits as keys; got ${jsonencode(keys(var.callers))}."
  }

  validation {
    condition     = alltrue([for _, principal in var.callers : can(regex("^([0-9]{12}|arn:[a-z-]+:(iam|sts)::[0-9]{12}:[^*]+)$", principal))])
    error_message = "callers must be account ids or ARNs of roles and users; got ${jsonencode(values(var.callers))}."
  }

  validation {
    condition     = var.authorization_type == "AWS_IAM" || length(var.callers) == 0
    error_message = "callers has no meaning when authorization_type is NONE, which admits anyone; got ${jsonencode(keys(var.callers))}."
  }
}

variable "cors" {
  description = <<-EOT
    Lets pages of other origins call the URL; null for none.

    - `allow_origins` - such as `https://shop.example`; `*` for any.
    - `max_age_seconds` - how long a browser keeps the answer to its preflight request.
  EOT
  type = object({
    allow_origins   = set(string)
    max_age_seconds = optional(number, 300)
  })
  default = null

  validation {
    condition     = var.cors == null || try(length(var.cors.allow_origins) > 0 && alltrue([for origin in var.cors.allow_origins : can(regex("^([*]|https?://[^/*]+)$", origin))]), false)
    error_message = "cors.allow_origins must be origins, scheme and host without a path, or *; got ${jsonencode(try(var.cors.allow_origins, null))}."
  }

  validation {
    condition     = var.cors == null || try(var.cors.max_age_seconds >= 0 && var.cors.max_age_seconds <= 86400, false)
    error_message = "cors.max_age_seconds must be 0 to 86400; got ${jsonencode(try(var.cors.max_age_seconds, null))}."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
  nullable    = false
}

variable "email" {
  description = <<-EOT
    What an e-mail address has to be.

    - `pattern` - regular expression for the whole text, in what RE2 and JavaScript share: no flags, look-around, `\A` or named classes; brackets inside `[...]` escaped. Beware of one that backtracks: the check gets a second.
    - `rule` - the pattern in words, which the caller reads after `must be`.
  EOT
  type = object({
    pattern = string
    rule    = string
  })
  default = {
    pattern = "[A-Za-z][A-Za-z0-9]*@[A-Za-z0-9]+\\.com"
    rule    = "letters, then letters or digits, @, letters or digits, .com"
  }
  nullable = false

  validation {
    condition     = can(regexall(var.email.pattern, "")) && !can(regex("\\(\\?[^:]|\\[:|\\\\[AzpPQEC]", var.email.pattern))
    error_message = "email.pattern must be a regular expression without flags, look-around or named classes; got ${jsonencode(var.email.pattern)}."
  }

  # JSONata finds the end of a regular expression by counting brackets, those of a class included.
  validation {
    condition = (
      length(regexall("[(\\[{]", var.email.pattern)) - length(regexall("\\\\[(\\[{]", var.email.pattern))
      == length(regexall("[)\\]}]", var.email.pattern)) - length(regexall("\\\\[)\\]}]", var.email.pattern))
    )
    error_message = "email.pattern must escape brackets that open or close nothing; got ${jsonencode(var.email.pattern)}."
  }

  validation {
    condition     = try(length(regexall("^(?:${var.email.pattern})$", "")), 0) == 0
    error_message = "email.pattern must not take the empty text, which is no key of a table; got ${jsonencode(var.email.pattern)}."
  }

  validation {
    condition     = trimspace(var.email.rule) != ""
    error_message = "email.rule must say what the pattern takes; it is empty."
  }
}

variable "log_retention_days" {
  description = "Days after which the logs of the function and of the state machine are deleted."
  type        = number
  default     = 30
  nullable    = false
}

variable "pincode" {
  description = <<-EOT
    What a pincode has to be.

    - `pattern`, `rule` - as in `email`.
  EOT
  type = object({
    pattern = string
    rule    = string
  })
  default = {
    pattern = "[0-9]{4,6}"
    rule    = "4 to 6 digits"
  }
  nullable = false

  validation {
    condition     = can(regexall(var.pincode.pattern, "")) && !can(regex("\\(\\?[^:]|\\[:|\\\\[AzpPQEC]", var.pincode.pattern))
    error_message = "pincode.pattern must be a regular expression without flags, look-around or named classes; got ${jsonencode(var.pincode.pattern)}."
  }

  validation {
    condition = (
      length(regexall("[(\\[{]", var.pincode.pattern)) - length(regexall("\\\\[(\\[{]", var.pincode.pattern))
      == length(regexall("[)\\]}]", var.pincode.pattern)) - length(regexall("\\\\[)\\]}]", var.pincode.pattern))
    )
    error_message = "pincode.pattern must escape brackets that open or close nothing; got ${jsonencode(var.pincode.pattern)}."
  }

  validation {
    condition     = trimspace(var.pincode.rule) != ""
    error_message = "pincode.rule must say what the pattern takes; it is empty."
  }
}

variable "reserved_concurrency" {
  description = "The most requests at a time, so that a public URL cannot use up the account's pool; null leaves it to the pool."
  type        = number
  default     = null
}

variable "tracing" {
  description = "Whether the function and the state machine record traces in X-Ray. Turned off later, a state machine that exists goes on until it is replaced: the provider does not send the removal."
  type        = bool
  default     = true
  nullable    = false
}
