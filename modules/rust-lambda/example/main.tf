variable "packages" {
  type = string
}

module "order_api" {
  source = "../../rust-lambda"

  name        = "shop-order-api"
  package     = "${var.packages}/order-api/bootstrap.zip"
  environment = { TABLE_NAME = "shop-orders" }

  statements = {
    ReadAndWriteOrders = {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/shop-orders"]
    }
  }
}

output "function" {
  value = module.order_api.name
}
