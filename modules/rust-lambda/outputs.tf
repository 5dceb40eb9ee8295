# Each output waits for the policy, so that whoever has one has a function that is ready to run.

output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
  depends_on  = [aws_iam_role_policy.this]
}

output "arn" {
  description = "ARN of the function, without a version."
  value       = aws_lambda_function.this.arn
  depends_on  = [aws_iam_role_policy.this]
}

output "invoke_arn" {
  description = "The ARN by which API Gateway invokes the function."
  value       = aws_lambda_function.this.invoke_arn
  depends_on  = [aws_iam_role_policy.this]
}

output "role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.this.name
  depends_on  = [aws_iam_role_policy.this]
}

output "log_group" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.this.name
  depends_on  = [aws_iam_role_policy.this]
}
