# What the function may do. A transaction needs what its writes need and no action of its own. The
# role itself belongs to rust-lambda, which adds logs and traces.

locals {
  function_statements = {
    ReadAndWriteOrders = {
      actions = [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
      ]
      resources = [aws_dynamodb_table.orders.arn]
    }
    RememberWrites = {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [aws_dynamodb_table.idempotency.arn]
    }
  }
}
