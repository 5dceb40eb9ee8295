module "greetings" {
  source = "../../rest-api"

  name = "shop-greetings"
  body = yamlencode({
    openapi = "3.0.3"
    info    = { title = "shop-greetings", version = "1" }
    paths = {
      "/hello" = {
        get = {
          responses = { "200" = { description = "A greeting." } }
          "x-amazon-apigateway-integration" = {
            type             = "mock"
            requestTemplates = { "application/json" = "{\"statusCode\": 200}" }
            responses = {
              default = {
                statusCode        = "200"
                responseTemplates = { "application/json" = "{\"message\": \"hello\"}" }
              }
            }
          }
        }
      }
    }
  })

  throttling = { requests_per_second = 5, burst = 10 }
}

output "url" {
  value = "${module.greetings.url}/hello"
}
