output "patterns" {
  description = "By pattern, what a person needs to use it. URLs are the local AWS's: those whose host AWS makes from an id, of function URLs and of REST APIs, are served under a path here."
  value = {
    for name, pattern in module.stack.patterns : name => merge(pattern, {
      url = replace(
        replace(pattern.url, "/^https://([a-z0-9]+)[.]lambda-url[.][^/]+/", "${var.endpoint}/_aws/lambda-url/$1"),
        "/^https://([a-z0-9]+)[.]execute-api[.][^/]+/", "${var.endpoint}/_aws/execute-api/$1",
      )
    })
  }
}
