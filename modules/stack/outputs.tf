output "patterns" {
  description = "By pattern, what a person needs to use it (`url`, and the names of what is behind it) and `watch`, what an operator watches. Patterns left out have no entry."
  value = merge(
    { for pattern in module.async_sqs : "async-sqs" => {
      url               = pattern.url
      api_arn           = pattern.api_arn
      api_key_id        = pattern.api_key_id
      dead_letter_queue = pattern.dead_letter_queue
      function          = pattern.function
      queue             = pattern.queue
      table             = pattern.table
      watch             = pattern.watch
    } },
    { for pattern in module.crud_lambda : "crud-lambda" => {
      url        = pattern.url
      api_arn    = pattern.api_arn
      api_key_id = pattern.api_key_id
      function   = pattern.function
      table      = pattern.table
      watch      = pattern.watch
    } },
    { for pattern in module.dynamo_proxy : "dynamo-proxy" => {
      url            = pattern.url
      api_arn        = pattern.api_arn
      api_key_id     = pattern.api_key_id
      failures_queue = pattern.failures_queue
      function       = pattern.function
      stats_table    = pattern.stats_table
      table          = pattern.table
      watch          = pattern.watch
    } },
    { for pattern in module.function_url_ingest : "function-url-ingest" => {
      url           = pattern.url
      function      = pattern.function
      state_machine = pattern.state_machine
      table         = pattern.table
      watch         = pattern.watch
    } },
  )
}
