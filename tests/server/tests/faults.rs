//! Every named fault, as a client meets it.

mod client;

use std::time::Duration;

use client::{Client, H2, HTTP1};
use tutti_test_server::faults::{self, PARTIAL, WHOLE, corpus};
use tutti_test_server::{Cors, End, Replay, Script, Step, TestServer, chat};

/// What a client has of an answer: its text and whether its body ended as it should.
async fn fetch(script: Script, protocols: &[&[u8]]) -> (u16, String, Option<String>) {
    let server = TestServer::start_tls().await;
    let mount = server.mount("fault", script);
    mount.release_all();
    let mut client = Client::tls(&server, protocols).await;
    let url = if protocols == H2 { mount.url().to_owned() } else { "/m/fault".to_owned() };
    let answer = client.post(&url, "{}").await;
    let status = answer.status();
    let (text, error) = answer.chunks().rest().await;
    (status, text, error)
}

/// All that events of OpenAI's chat completions and of Anthropic's messages say.
fn text_of(body: &str) -> String {
    let data = body.lines().filter_map(|line| line.strip_prefix("data: "));
    let data = data.filter_map(|data| serde_json::from_str::<serde_json::Value>(data).ok());
    let text = data.filter_map(|data| {
        let chat = data.pointer("/choices/0/delta/content").cloned();
        Some(chat.or_else(|| data.pointer("/delta/text").cloned())?.as_str()?.to_owned())
    });
    text.collect()
}

#[tokio::test]
async fn answers_that_end_well_hold_what_their_names_say() {
    let cases = [
        (faults::no_finish(), PARTIAL, 0),
        (faults::finish_without_done(), WHOLE, 1),
        (faults::done_without_finish(), WHOLE, 0),
        (faults::repeated_finish(), WHOLE, 3),
        (faults::text_after_finish(), "Hello world and more", 1),
        (faults::usage_before_text(), WHOLE, 1),
        (faults::empty_answer(), "", 1),
        (faults::error_mid_stream(), PARTIAL, 0),
        (faults::anthropic_error_mid_stream(), PARTIAL, 0),
        (faults::interleaved_blocks(), "Helworlo ld", 0),
        (faults::one_bad_event(), WHOLE, 1),
        (faults::all_bad_events(), "", 0),
        (faults::finished_for("length"), WHOLE, 0),
        (chat::answer(WHOLE), WHOLE, 1),
    ];
    for (script, text, stops) in cases {
        for protocols in [H2, HTTP1] {
            let (status, body, error) = fetch(script.clone(), protocols).await;
            assert_eq!((status, text_of(&body).as_str(), error), (200, text, None), "{body}");
            assert_eq!(body.matches(r#""finish_reason":"stop""#).count(), stops, "{body}");
        }
    }
    assert!(fetch(faults::finished_for("odd"), H2).await.1.contains(r#""finish_reason":"odd""#));
    assert_eq!(fetch(faults::empty_200(), H2).await, (200, String::new(), None));
    assert!(fetch(faults::error_mid_stream(), H2).await.1.contains("data: {\"error\":{"));
    assert!(fetch(faults::anthropic_error_mid_stream(), H2).await.1.contains("event: error\ndata: {"));
}

#[tokio::test]
async fn answers_that_are_cut_keep_what_came_before() {
    let cases = [
        (faults::reset_mid_stream(), PARTIAL),
        (faults::reset_after_head(), ""),
        (faults::server_gone(), PARTIAL),
        (faults::short_content_length(), PARTIAL),
    ];
    for (script, text) in cases {
        for protocols in [H2, HTTP1] {
            let (status, body, error) = fetch(script.clone(), protocols).await;
            assert_eq!((status, text_of(&body).as_str()), (200, text), "{script:?}");
            assert!(error.is_some(), "{script:?}");
        }
    }
}

#[tokio::test]
async fn a_stated_length_is_sent_as_stated() {
    let server = TestServer::start_tls().await;
    server.mount("short", faults::short_content_length());
    for protocols in [H2, HTTP1] {
        let mut client = Client::tls(&server, protocols).await;
        let url = format!("{}/m/short", server.base_url());
        let answer = client.get(if protocols == H2 { &url } else { "/m/short" }).await;
        assert_eq!(answer.header("content-length"), Some("99999"));
    }
}

#[tokio::test]
async fn a_connection_can_end_before_there_is_any_answer() {
    let server = TestServer::start_tls().await;
    for protocols in [H2, HTTP1] {
        let mount = server.mount("none", faults::reset_before_first_byte()).then(chat::answer(WHOLE));
        let url = if protocols == H2 { mount.url() } else { "/m/none" };
        let mut client = Client::tls(&server, protocols).await;
        assert!(client.ask("POST", url, &[], "{}").await.is_err());
        assert!(mount.requests()[0].complete && mount.requests()[0].chunks_sent == 0);
        // It can be asked again; over HTTP/2 by the same connection.
        let mut again = if protocols == H2 { client } else { Client::tls(&server, protocols).await };
        assert_eq!(text_of(&again.post(url, "{}").await.text().await), WHOLE);
    }
}

#[tokio::test]
async fn silence_lasts_until_the_client_goes() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("stall", faults::stall());
    let mut client = Client::tls(&server, H2).await;
    let mut chunks = client.get(mount.url()).await.chunks();
    assert_eq!(text_of(&(chunks.text().await + &chunks.text().await)), PARTIAL);
    assert!(!mount.requests()[0].complete && !mount.requests()[0].aborted);
    drop(chunks);
    mount.wait_aborted(1).await;

    let mount = server.mount("mute", faults::silence_after_head());
    let answer = client.get(mount.url()).await;
    assert_eq!((answer.status(), mount.requests()[0].chunks_sent), (200, 0));
    drop(answer);
    mount.wait_aborted(1).await;

    for protocols in [H2, HTTP1] {
        let mount = server.mount("deaf", faults::silence());
        let url = if protocols == H2 { mount.url().to_owned() } else { "/m/deaf".to_owned() };
        let mut client = Client::tls(&server, protocols).await;
        let asking = tokio::spawn(async move { client.ask("GET", &url, &[], "").await.is_ok() });
        mount.wait_for_requests(1).await;
        asking.abort();
        mount.wait_aborted(1).await;
    }
}

#[tokio::test]
async fn a_stall_can_end() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("stall", faults::stall_until_released());
    let mut client = Client::tls(&server, H2).await;
    let mut chunks = client.get(mount.url()).await.chunks();
    assert_eq!(text_of(&(chunks.text().await + &chunks.text().await)), PARTIAL);
    mount.release(1);
    let (rest, error) = chunks.rest().await;
    assert_eq!((text_of(&rest).as_str(), error), ("ld", None));
    assert!(rest.ends_with(chat::DONE));
}

#[tokio::test]
async fn steps_that_are_added_come_before_the_end() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("reset", faults::reset_mid_stream().wait_for_release());
    let mut client = Client::tls(&server, H2).await;
    let mut chunks = client.get(mount.url()).await.chunks();
    assert_eq!(text_of(&(chunks.text().await + &chunks.text().await)), PARTIAL);
    for _ in 0..2 {
        assert!(!mount.requests()[0].complete);
        mount.release(1);
    }
    assert!(chunks.next().await.unwrap().is_err());
}

#[tokio::test]
async fn a_head_can_keep_its_client_waiting() {
    let server = TestServer::start_tls().await;
    let script = Script::sse().wait(Duration::from_millis(1)).wait_for_release().head_here().send("late");
    let mount = server.mount("late", script);
    let mut client = Client::tls(&server, H2).await;
    let url = mount.url().to_owned();
    let asking = tokio::spawn(async move { client.get(&url).await.text().await });
    mount.wait_for_requests(1).await;
    assert!(!asking.is_finished());
    mount.release(1);
    assert_eq!(asking.await.unwrap(), "late");
}

#[tokio::test]
async fn a_large_body_is_made_while_it_is_sent() {
    let script = faults::endless_line(50);
    let in_memory = script.steps.iter().map(|step| match step {
        Step::Send(chunk) | Step::Repeat(chunk, _) => chunk.len(),
        Step::Wait(_) | Step::Release => 0,
    });
    let kept: usize = in_memory.sum();
    assert!(kept < 100_000, "{kept} bytes in memory");
    let (status, body, error) = fetch(script, H2).await;
    assert_eq!((status, error), (200, None));
    assert_eq!(text_of(body.lines().next().unwrap()), "Hello ");
    let line = body.lines().last().unwrap();
    assert!(line.starts_with("data: {") && !body.ends_with('\n'));
    let (_, content) = line.split_once(r#""content":""#).unwrap();
    assert!(content.len() == 50 * 1024 * 1024 && content.bytes().all(|byte| byte == b'x'));
}

#[tokio::test]
async fn an_endless_stream_goes_on_until_the_client_has_enough() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("endless", faults::endless_stream());
    let mut client = Client::tls(&server, H2).await;
    let mut chunks = client.get(mount.url()).await.chunks();
    for _ in 0..1000 {
        assert!(chunks.text().await.contains("on and on"));
    }
    drop(chunks);
    assert!(mount.wait_aborted(1).await[0].chunks_sent >= 1000);
}

#[tokio::test]
async fn packed_bodies_say_so_and_a_truncated_one_has_no_end() {
    let server = TestServer::start_tls().await;
    let whole = server.mount("whole", chat::answer(WHOLE).gzip());
    let cut = server.mount("cut", faults::truncated_gzip());
    let mut client = Client::tls(&server, H2).await;
    let mut bodies = Vec::new();
    for mount in [whole, cut] {
        let answer = client.get(mount.url()).await;
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        let mut chunks = answer.chunks();
        let mut body = Vec::new();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(body[..3], [0x1f, 0x8b, 8]);
        bodies.push(body);
    }
    // What it ends with: an empty last block before eight bytes of check and length.
    let end = |body: &[u8]| body[body.len() - 13..body.len() - 8] == [1, 0, 0, 0xff, 0xff];
    assert!(end(&bodies[0]) && !end(&bodies[1]));
    assert!(String::from_utf8_lossy(&bodies[1]).contains("wor"));
}

#[tokio::test]
async fn bodies_under_a_wrong_name() {
    let (status, body, _) = fetch(faults::html_page(), H2).await;
    assert!(status == 200 && body.starts_with("<!doctype html>"));
    let (_, body, _) = fetch(faults::ndjson_as_sse(), H2).await;
    assert!(body.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    assert_eq!(body.lines().count(), 3);
    let (_, body, _) = fetch(faults::json_as_sse(), H2).await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["choices"][0]["message"]["content"], WHOLE);
}

#[tokio::test]
async fn refusals_have_their_status_and_their_words() {
    let cases = [
        (faults::unauthorized(), 401, "invalid_api_key"),
        (faults::unauthorized_with_echo("sk-echo"), 401, "sk-echo"),
        (faults::forbidden_region(), 403, "unsupported_country"),
        (faults::ollama_forbidden(), 403, ""),
        (faults::unknown_model("gpt-0"), 404, "`gpt-0`"),
        (faults::context_too_long(), 400, "context_length_exceeded"),
        (faults::too_large(), 413, "request_too_large"),
        (faults::unsupported_parameter(422, "top_k"), 422, r#""param":"top_k""#),
        (faults::rate_limited("2"), 429, "rate_limit_exceeded"),
        (faults::rate_limited_in_words("800ms"), 429, "try again in 800ms"),
        (faults::gemini_rate_limited("13s"), 429, r#""retryDelay":"13s""#),
        (faults::insufficient_quota(), 429, "insufficient_quota"),
        (faults::server_error(503), 503, "server_error"),
        (faults::bad_gateway_page(), 502, "<h1>502"),
        (faults::overloaded(), 529, "overloaded_error"),
        (faults::redirect("https://evil.example/"), 307, ""),
    ];
    for (script, status, words) in cases {
        for protocols in [H2, HTTP1] {
            let (seen, body, error) = fetch(script.clone(), protocols).await;
            assert_eq!((seen, error), (status, None));
            assert!(body.contains(words), "{body}");
        }
    }
}

#[tokio::test]
async fn failures_give_way_to_an_answer() {
    let server = TestServer::start_tls().await;
    let busy = server.mount("busy", faults::rate_limited_then(chat::answer(WHOLE)));
    let down = server.mount("down", faults::errors_then(503, 2, Replay::json(200, "{}")));
    let mut client = Client::tls(&server, H2).await;
    let answer = client.get(busy.url()).await;
    assert_eq!((answer.status(), answer.header("retry-after")), (429, Some("1")));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("retry-after"));
    let mut statuses = vec![client.get(busy.url()).await.status()];
    for _ in 0..3 {
        statuses.push(client.get(down.url()).await.status());
    }
    assert_eq!(statuses, [200, 503, 503, 200]);
}

/// What lets a page read the answer of a real host to a request with these headers.
async fn shown(
    host: &str,
    script: Script,
    headers: &[(&str, &str)],
) -> (u16, Option<String>, Option<String>) {
    let proxy = TestServer::start_proxy().await;
    proxy.host(host, script);
    let mut client = Client::through(&proxy, host, H2).await;
    let headers = [headers, &[("origin", "https://tutti.example")]].concat();
    let answer = client.ask("POST", &format!("https://{host}/x"), &headers, "{}").await.unwrap();
    let header = |name| answer.header(name).map(str::to_owned);
    (answer.status(), header("access-control-allow-origin"), header("access-control-expose-headers"))
}

#[tokio::test]
async fn pages_see_of_a_host_what_the_real_one_shows() {
    let page = Some("https://tutti.example".to_owned());
    let star = Some("*".to_owned());
    let (status, origin, exposed) = shown("api.openai.com", chat::answer(WHOLE), &[]).await;
    assert_eq!((status, &origin, exposed.as_deref()), (200, &page, Some("X-Request-ID, CF-Ray")));
    // A wrong key at OpenAI looks like no connection.
    let (status, origin, exposed) = shown("api.openai.com", faults::unauthorized(), &[]).await;
    assert_eq!((status, origin, exposed), (401, None, None));
    assert_eq!(shown("api.cerebras.ai", faults::unauthorized(), &[]).await.1, None);
    assert_eq!(shown("api.groq.com", faults::unauthorized(), &[]).await.1, page);
    assert_eq!(shown("api.x.ai", chat::answer(WHOLE), &[]).await.1, star);
    assert_eq!(shown("router.huggingface.co", chat::answer(WHOLE), &[]).await.1, star);
    // Anthropic wants to be told that this is meant.
    let asked = [("anthropic-dangerous-direct-browser-access", "true")];
    assert_eq!(shown("api.anthropic.com", chat::answer(WHOLE), &asked).await.1, page);
    assert_eq!(shown("api.anthropic.com", chat::answer(WHOLE), &[]).await.1, None);
    assert_eq!(shown("api.groq.com", faults::no_cors_headers(), &[]).await.1, None);
    assert_eq!(shown("nobody.example", chat::answer(WHOLE), &[]).await.1, None);
    // What a script itself exposes goes before what its host does.
    let exposed = shown("api.openai.com", faults::rate_limited("1"), &[]).await.2;
    assert!(exposed.unwrap().contains("retry-after"));
}

#[tokio::test]
async fn preflights_are_answered_as_the_hosts_do() {
    let cases = [
        ("api.openai.com", "authorization,x-anything", true),
        ("api.anthropic.com", "x-api-key,anthropic-dangerous-direct-browser-access", true),
        ("api.anthropic.com", "x-api-key", false),
        ("openrouter.ai", "authorization,x-stainless-lang,x-title", true),
        ("openrouter.ai", "authorization,x-anything", false),
        ("api.mistral.ai", "authorization,content-type", true),
        ("api.mistral.ai", "authorization,x-title", false),
        ("dashscope-intl.aliyuncs.com", "authorization", true),
        ("my.openai.azure.com", "api-key", true),
        ("bedrock-runtime.us-east-1.amazonaws.com", "authorization", false),
    ];
    for (host, names, passes) in cases {
        let proxy = TestServer::start_proxy().await;
        proxy.host(host, chat::answer(WHOLE));
        let mut client = Client::through(&proxy, host, H2).await;
        let asks = [
            ("origin", "https://tutti.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", names),
        ];
        let answer = client.ask("OPTIONS", &format!("https://{host}/x"), &asks, "").await.unwrap();
        assert_eq!(answer.status() == 204, passes, "{host} {names}");
        let allowed = answer.header("access-control-allow-headers").unwrap_or_default();
        let all_allowed = names.split(',').all(|name| allowed.contains(name));
        assert_eq!(all_allowed, passes, "{host} {names}: {allowed}");
    }
}

#[tokio::test]
async fn ollama_lets_in_only_pages_of_this_machine() {
    let proxy = TestServer::start_proxy().await;
    let ollama = proxy.host("localhost:11434", chat::answer(WHOLE));
    let url = "http://localhost:11434/api/chat";
    let mut client = Client::plain(&proxy).await;
    for (origin, is_let_in) in [
        ("http://localhost:8080", true),
        ("https://127.0.0.1", true),
        ("tauri://localhost", true),
        ("https://tutti.example", false),
        ("https://localhost.evil.example", false),
        ("null", false),
    ] {
        let asks = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        let preflight = client.ask("OPTIONS", url, &asks, "").await.unwrap();
        assert_eq!(preflight.status(), if is_let_in { 204 } else { 403 }, "{origin}");
        let answer = client.ask("POST", url, &asks[..1], "{}").await.unwrap();
        assert_eq!(answer.status(), if is_let_in { 200 } else { 403 }, "{origin}");
        let allowed = answer.header("access-control-allow-origin").map(str::to_owned);
        assert_eq!(allowed.as_deref(), is_let_in.then_some(origin));
        answer.text().await;
    }
    // Once its owner has said so, any page may.
    let _ = ollama.cors(Cors::Star);
    let answer = client.ask("POST", url, &[("origin", "https://tutti.example")], "{}").await.unwrap();
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn a_collected_fault_is_sent_byte_for_byte() {
    // Nothing to see where this machine has no collection; its reader has a test of its own.
    for fault in corpus::faults().unwrap() {
        let script = fault.script.clone().waits_released();
        let body = String::from_utf8(script.body()).unwrap();
        for protocols in [H2, HTTP1] {
            let server = TestServer::start_tls().await;
            let mount = server.mount("fault", script.clone());
            mount.release_all();
            let mut client = Client::tls(&server, protocols).await;
            let url = if protocols == H2 { mount.url() } else { "/m/fault" };
            let origin = [("origin", "https://page.test")];
            let answer = client.ask("POST", url, &origin, "{}").await.unwrap();
            assert_eq!(answer.status(), fault.script.status, "{}", fault.id);
            let is_shown = answer.header("access-control-allow-origin").is_some();
            assert_eq!(is_shown, !fault.script.is_hidden_from_pages, "{}", fault.id);
            let (seen, error) = answer.chunks().rest().await;
            assert_eq!(seen, body, "{}", fault.id);
            let is_cut = fault.script.end != End::Eof || fault.script.stated_length.is_some();
            assert_eq!(error.is_some(), is_cut, "{}: {error:?}", fault.id);
        }
    }
}

#[test]
fn collections_are_read_with_their_delays() {
    let json = br#"[{"id": "x", "family": "openai", "status": 429,
        "headers": {"Retry-After": "7", "Content-Length": "99"},
        "steps": [{"after_ms": 0, "b64": "YQ=="}, {"after_ms": 50, "b64": "Yg=="}], "end": "reset",
        "expect": {"state": "error", "text": "", "error_class": "rate_limit"}, "note": "n"}]"#;
    let fault = corpus::read(json).unwrap().remove(0);
    let wait = Step::Wait(Duration::from_millis(50));
    let steps = [Step::Send("a".into()), wait, Step::Send("b".into())];
    assert_eq!(fault.script.steps, steps);
    assert_eq!((fault.script.status, fault.script.end), (429, End::Reset));
    assert_eq!(fault.script.headers, [("Retry-After".to_owned(), "7".to_owned())]);
    assert_eq!((fault.script.stated_length, fault.script.is_hidden_from_pages), (Some(99), true));
    assert_eq!(fault.expect.error_class.as_deref(), Some("rate_limit"));
    assert!(corpus::read(b"[{}]").is_err());
}

#[test]
fn hostile_words_are_said_exactly() {
    for hostile in corpus::hostile().unwrap() {
        let body = String::from_utf8(hostile.script().body()).unwrap();
        assert_eq!(text_of(&body), hostile.input, "{}", hostile.id);
    }
    let of = |input: &str| corpus::Hostile { id: "x".into(), input: input.into(), why: String::new() };
    let words = "![x](https://evil.example/?q=\u{1f469}\u{200d}\u{1f4bb}\n\u{2028}\")";
    assert_eq!(text_of(&String::from_utf8(of(words).script().body()).unwrap()), words);
}
