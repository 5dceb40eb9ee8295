//! Connections whose requests are answered before their bodies are read.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use super::*;

/// A client of a server that answers without reading anything, and tells of each answer.
struct Client {
    stream: TcpStream,
    answered: mpsc::UnboundedReceiver<()>,
}

impl Client {
    async fn connect() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, answered) = mpsc::unbounded_channel();
        tokio::spawn(serve_http(listener, move |request, _| {
            drop(request);
            sender.send(()).unwrap();
            async { Response::new(Full::<Bytes>::from("no")) }
        }));
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, answered }
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next answer, which ends with its body.
    async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nno") {
            assert_ne!(self.stream.read_buf(&mut answer).await.unwrap(), 0, "the connection ended");
        }
        String::from_utf8(answer).unwrap().to_lowercase()
    }

    /// What comes until the server closes the connection.
    async fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.stream.read_to_string(&mut rest).await.unwrap();
        rest
    }
}

/// Sends request after request with parts of a body that come once the answer was made.
async fn lives_on(body_header: &str, parts: &[&str]) {
    let mut client = Client::connect().await;
    for _ in 0..100 {
        client.send(&format!("POST / HTTP/1.1\r\nHost: a\r\n{body_header}\r\n\r\n")).await;
        client.answered.recv().await.unwrap();
        for part in parts {
            client.send(part).await;
        }
        let answer = client.answer().await;
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_comes_after_the_answer_was_made_does_not_end_the_connection() {
    lives_on("Content-Length: 8", &["half", "half"]).await;
}

#[tokio::test]
async fn chunks_that_come_after_the_answer_was_made_do_not_end_the_connection() {
    lives_on("Transfer-Encoding: chunked", &["4\r\nbody\r\n", "0\r\n\r\n"]).await;
}

#[tokio::test]
async fn a_client_that_waits_to_go_on_is_answered_instead_and_told_that_this_is_the_end() {
    let mut client = Client::connect().await;
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    client.send(head).await;
    let answer = client.answer().await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(client.rest().await, "");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_sends_its_body_is_answered_and_told_that_this_is_the_end() {
    let mut client = Client::connect().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo").await;
    let answer = client.answer().await;
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn an_answer_may_be_read_by_a_client_that_has_sent_much_more_than_is_taken() {
    let mut client = Client::connect().await;
    let body = "x".repeat(20 * 1024 * 1024);
    client
        .send(&format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len()))
        .await;
    client.send(&body).await;
    let answer = client.answer().await;
    assert!(!answer.contains("connection: close"), "{answer}");
}
