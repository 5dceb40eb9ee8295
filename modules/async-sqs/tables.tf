# The users, and of messages that failed for good, why: an item without a name is no user. Both have the
# id that a message's user would have, so a message has one item and whatever comes last replaces it;
# the index finds it by the message.

resource "aws_dynamodb_table" "users" {
  name         = "${var.name}-users"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "ID"

  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "ID"
    type = "S"
  }

  attribute {
    name = "SQSMessageID"
    type = "S"
  }

  # What a status says, and no more: keys are projected anyway.
  global_secondary_index {
    name               = "SQSMessageID-index"
    hash_key           = "SQSMessageID"
    projection_type    = "INCLUDE"
    non_key_attributes = ["Reason"]
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}
