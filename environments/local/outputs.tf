output "patterns" {
  description = "By pattern, what a person needs to use it. URLs are the local AWS's: a function URL, whose host AWS makes from the URL's id, is served under a path here."
  value = {
    for name, pattern in module.stack.patterns : name => merge(pattern, {
      url = replace(pattern.url, "/^https://([a-z0-9]+)[.]lambda-url[.][^/]+/", "${var.endpoint}/_aws/lambda-url/$1")
    })
  }
}
