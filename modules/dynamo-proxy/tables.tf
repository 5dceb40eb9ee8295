# The comments; how many a page has; and which events of the stream are counted already. They are three
# tables, so that a list of comments meets nothing but comments, and what is only remembered expires.

resource "aws_dynamodb_table" "comments" {
  name           = "${var.name}-comments"
  billing_mode   = var.provisioned_capacity == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  hash_key       = "commentId"
  read_capacity  = try(var.provisioned_capacity.read_units, null)
  write_capacity = try(var.provisioned_capacity.write_units, null)

  deletion_protection_enabled = var.deletion_protection
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "commentId"
    type = "S"
  }

  attribute {
    name = "pageId"
    type = "S"
  }

  attribute {
    name = "createdAt"
    type = "S"
  }

  # Keys are projected anyway. Every write goes into the index too, so both have the same capacity.
  global_secondary_index {
    name               = "pageId-index"
    hash_key           = "pageId"
    range_key          = "createdAt"
    projection_type    = "INCLUDE"
    non_key_attributes = ["message", "userName"]
    read_capacity      = try(var.provisioned_capacity.read_units, null)
    write_capacity     = try(var.provisioned_capacity.write_units, null)
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

resource "aws_dynamodb_table" "stats" {
  name         = "${var.name}-comment-stats"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pageId"

  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pageId"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

# An event need only be remembered for as long as it may come again, so there is nothing in it to go
# back to, and no point in time recovery.
resource "aws_dynamodb_table" "events" {
  name         = "${var.name}-comment-events"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "eventId"

  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "eventId"
    type = "S"
  }

  server_side_encryption {
    enabled = true
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }
}
