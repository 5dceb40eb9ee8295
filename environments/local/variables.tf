variable "endpoint" {
  description = "The one endpoint of the local AWS, without a final slash."
  type        = string
  default     = "http://localhost:4566"
  nullable    = false

  validation {
    condition     = can(regex("^https?://[^/]+$", var.endpoint))
    error_message = "endpoint must be scheme, host and port without a path, such as http://localhost:4566; got ${jsonencode(var.endpoint)}."
  }
}

variable "name" {
  description = "Prefix of every name in the stack."
  type        = string
  default     = "spillway-local"
  nullable    = false
}

variable "packages" {
  description = "Folder of the packaged functions, `<function>/bootstrap.zip` each."
  type        = string
  default     = "../../target/lambda-local"
  nullable    = false
}

variable "patterns" {
  description = "The patterns to create; null creates every one."
  type        = set(string)
  default     = null
}
