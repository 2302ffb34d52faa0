//! Files that go along with a prompt.

use serde_json::{Value, json};
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti_e2e::{ComparePage, Engine, Phase, Result, check_accessibility, journey, journey_with};
use tutti_test_server::{Replay, TestServer};

use crate::conversation::Two;
use crate::stand_ins::{MODEL, PROVIDERS, World, chat_answer, lists_asked, open_again, page_server};

/// A photo that is larger than any provider looks at and says where it was taken; a text; a file that is neither.
const FILES: &str = "
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [2500, 1000];
    const pen = canvas.getContext('2d');
    const colours = pen.createLinearGradient(0, 0, 2500, 1000);
    ['teal', 'gold', 'crimson'].forEach((colour, at) => colours.addColorStop(at / 2, colour));
    pen.fillStyle = colours;
    pen.fillRect(0, 0, 2500, 1000);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
    const words = new TextEncoder().encode('taken at home');
    const remark = new Uint8Array([0xff, 0xfe, 0, words.length + 2, ...words]);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    // In one piece: Firefox decodes no file that a script has put together of several.
    const whole = new Uint8Array([...bytes.slice(0, 2), ...remark, ...bytes.slice(2)]);
    const files = {
        photo: new File([whole], 'photo.jpg', { type: 'image/jpeg' }),
        notes: new File(['가나다 ``` 日本'], 'notes.md', { type: 'text/markdown' }),
        paper: new File([new Uint8Array([0x25, 0x50, 0x44, 0x46, 0, 0xff])], 'paper.pdf', { type: 'application/pdf' }),
    };
    const carried = new DataTransfer();
    args.forEach((name) => carried.items.add(files[name]));
    const of = (type, at, field) => {
        const event = new Event(type, { bubbles: true, cancelable: true });
        Object.defineProperty(event, field, { value: carried });
        at.dispatchEvent(event);
        return event.defaultPrevented;
    };";
const PASTE: &str = "return of('paste', document.querySelector('#prompt'), 'clipboardData');";
const DRAG: &str = "of('dragenter', document.body, 'dataTransfer'); return true;";
const DROP: &str = "return of('drop', document.querySelector('#drop-zone'), 'dataTransfer');";
pub const CHOOSE: &str = "
    const field = document.querySelector('#files');
    field.files = carried.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return true;";

const CHIPS: &str =
    "[...document.querySelectorAll('.bottom .files > .file')].map((it) => it.textContent).join('|')";

pub async fn hand_over(page: &ComparePage<'_>, how: &str, files: &[&str]) -> Result<bool> {
    page.wait_until("what takes files", "document.querySelector('#files') !== null", Value::Null).await?;
    page.read_later(&format!("{FILES}\n{how}"), json!(files)).await
}

pub async fn wait_for_chips(page: &ComparePage<'_>, chips: &str) -> Result {
    page.wait_until("what goes along", &format!("{CHIPS} === {chips:?}"), Value::Null).await
}

/// What a picture is, by the page's own decoder.
async fn size_of(page: &ComparePage<'_>, media_type: &str, data: &str) -> Result<Value> {
    let script = "
        const image = new Image();
        image.src = `data:${args[0]};base64,${args[1]}`;
        await image.decode();
        return [image.naturalWidth, image.naturalHeight, atob(args[1]).includes('home')];";
    page.read_later(script, json!([media_type, data])).await
}

#[tokio::test]
async fn files_are_dropped_pasted_and_chosen_and_each_provider_is_sent_them_in_its_own_way() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let mut hosts = Vec::new();
        for provider in PROVIDERS {
            hosts.push(world.host(provider, Replay::of(&provider.recorded_answer()?)));
        }
        let page = world.open_with(browser, &PROVIDERS).await?;
        page.set_prompt("What do you see?").await?;
        hand_over(&page, DRAG, &["photo"]).await?;
        page.wait_until(
            "where to drop it",
            "document.querySelector('#drop-zone').checkVisibility()",
            Value::Null,
        )
        .await?;
        browser.screenshot("drop-zone").await?;
        assert!(hand_over(&page, DROP, &["photo"]).await?);
        wait_for_chips(&page, "photo.jpg").await?;
        let is_gone = "!document.querySelector('#drop-zone').checkVisibility()";
        page.wait_until("no drop zone", is_gone, Value::Null).await?;
        assert!(hand_over(&page, PASTE, &["notes"]).await?);
        wait_for_chips(&page, "photo.jpg|notes.md").await?;
        // What cannot be read says so, and what to do.
        hand_over(&page, CHOOSE, &["paper"]).await?;
        let refusal =
            "document.querySelector('.bottom [role=alert] .wrong')?.textContent.includes('paper.pdf')";
        page.wait_until("why it is not taken", refusal, Value::Null).await?;
        let is_drawn = "document.querySelector('.bottom .thumbnail').width === 192";
        page.wait_until("the picture, small", is_drawn, Value::Null).await?;
        check_accessibility(browser, "files").await?;
        browser.screenshot("files").await?;
        page.send().await?;
        page.wait_for_all(Phase::Finished).await?;
        wait_for_chips(&page, "").await?;

        let text = "notes.md\n````\n가나다 ``` 日本\n````";
        let bodies: Vec<Value> = hosts
            .iter()
            .map(|host| serde_json::from_str(&host.requests()[0].body_text()).expect("JSON"))
            .collect();
        let url = bodies[0]["messages"][0]["content"][0]["image_url"]["url"].as_str().expect("a picture");
        let data = url.strip_prefix("data:image/jpeg;base64,").expect("a JPEG");
        assert_eq!(size_of(&page, "image/jpeg", data).await?, json!([2048, 819, false]));
        assert_eq!(
            bodies[0]["messages"],
            json!([{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": url}},
                {"type": "text", "text": text},
                {"type": "text", "text": "What do you see?"},
            ]}])
        );
        assert_eq!(
            bodies[1]["messages"],
            json!([{"role": "user", "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": data}},
                {"type": "text", "text": text},
                {"type": "text", "text": "What do you see?"},
            ]}])
        );
        assert_eq!(
            bodies[2]["contents"],
            json!([{"role": "user", "parts": [
                {"inlineData": {"mimeType": "image/jpeg", "data": data}},
                {"text": text},
                {"text": "What do you see?"},
            ]}])
        );

        // A reload brings them back.
        let page = page.reload().await?;
        for at in 0..3 {
            let shown = "panels()[args].querySelector('.said .files')?.textContent === 'photo.jpgnotes.md'
                && panels()[args].querySelector('.said .thumbnail').width === 192";
            page.panel(at).wait_until("the files", shown).await?;
        }
        browser.screenshot("files-back").await?;
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_model_without_eyes_says_so_and_is_sent_the_rest() {
    journey(async |browser| {
        // Lists belong to origins.
        let (servers, others) = (TestServer::start().await, TestServer::start().await);
        let list = |inputs: Value| {
            let model = json!({"id": MODEL, "architecture": {"input_modalities": inputs}});
            json!({"data": [model]}).to_string()
        };
        let answers = || vec![chat_answer(["one"]), chat_answer(["two"])];
        let seeing = servers.mount("seeing", answers()).models(list(json!(["text", "image"])));
        let blind = others.mount("blind", answers()).models(list(json!(["text"])));
        let site = page_server().await?;
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let panel = |url: &str| PanelSettings { base_url: url.to_owned(), ..PanelSettings::new(row, MODEL) };
        let panels = vec![panel(seeing.url()), panel(blind.url())];
        let saved = Workspace { panels, ..Workspace::default() };
        let page = open_again(browser, &format!("{}/", site.base_url()), &saved).await?;

        page.set_prompt("Look").await?;
        hand_over(&page, CHOOSE, &["photo", "notes"]).await?;
        wait_for_chips(&page, "photo.jpg|notes.md").await?;
        page.panel(1)
            .wait_until("what it is sent", "panels()[args].querySelector('.window .hint') !== null")
            .await?;
        assert!(!page.panel(0).shows(".window .hint").await?);
        browser.screenshot("blind").await?;
        if browser.engine == Engine::Chromium {
            browser.be_a_telephone().await?;
            let is_narrow = "return document.documentElement.scrollWidth <= 360;";
            assert!(page.read::<bool>(is_narrow, Value::Null).await?);
            browser.screenshot("files-on-a-telephone").await?;
            browser.chromium("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        }
        let shown = |request: &Value| request["messages"][0]["content"].to_string();
        let inspected = "JSON.parse(document.querySelector('#request pre').textContent.split('\\n\\n')[1])";
        page.panel(1).choose_from_menu("request").await?;
        page.wait_until("the request", "document.querySelector('#request pre') !== null", Value::Null)
            .await?;
        let before: Value = page.read(&format!("return {inspected};"), Value::Null).await?;
        page.press("#request [name=close]").await?;
        page.send().await?;
        page.wait_for_all(Phase::Finished).await?;
        let sent = |mount: &tutti_test_server::Mount, at: usize| -> Value {
            serde_json::from_str(&mount.requests()[at].body_text()).expect("JSON")
        };
        assert_eq!(before, sent(&blind, 0));
        assert!(shown(&sent(&seeing, 0)).contains("data:image/jpeg"));
        assert_eq!(
            sent(&blind, 0)["messages"],
            json!([{"role": "user", "content": "notes.md\n````\n가나다 ``` 日本\n````\n\nLook"}])
        );

        // A reload asks for no list, and what it told is still known.
        let before = lists_asked(&blind);
        let page = page.reload().await?;
        page.panel(1)
            .wait_until("that the past has one too", "panels()[args].querySelector('.window .hint') !== null")
            .await?;
        assert!(!page.panel(0).shows(".window .hint").await?);
        assert_eq!(lists_asked(&blind), before, "the list was asked for again");

        // In other words, and with the same files; one is left out.
        page.panel(0).press(".last-said button[name=edit]").await?;
        wait_for_chips(&page, "photo.jpg|notes.md").await?;
        page.press(".bottom .files > .file:nth-of-type(1) button[name=detach]").await?;
        wait_for_chips(&page, "notes.md").await?;
        page.send().await?;
        page.wait_for_all(Phase::Finished).await?;
        assert_eq!(sent(&seeing, 1)["messages"], sent(&blind, 0)["messages"]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_picture_needs_no_words() {
    journey(async |browser| {
        let answers = || vec![chat_answer(["a cat"]), chat_answer(["still"])];
        let two = Two::new(answers, answers).await?;
        let page = two.open(browser).await?;
        page.wait_until(
            "nothing to send",
            "document.querySelector('#send[aria-disabled=true]')",
            Value::Null,
        )
        .await?;
        hand_over(&page, CHOOSE, &["photo"]).await?;
        wait_for_chips(&page, "photo.jpg").await?;
        // It is said that a reload would lose it.
        let is_said =
            "[...document.querySelectorAll('.bottom .hint')].some((it) => it.textContent.includes('reload'))";
        page.wait_until("that it is not kept", is_said, Value::Null).await?;
        page.wait_until(
            "something to send",
            "document.querySelector('#send[aria-disabled=false]')",
            Value::Null,
        )
        .await?;
        browser.screenshot("picture-alone").await?;
        page.send().await?;
        page.wait_for_all(Phase::Finished).await?;
        let body: Value = serde_json::from_str(
            &two.one.wait_for_requests(1).await.last().expect("a question").body_text(),
        )?;
        let content = body["messages"][0]["content"].as_array().cloned().unwrap_or_default();
        assert_eq!((content.len(), content[0]["type"].as_str()), (1, Some("image_url")), "{body}");
        // And again, with words that follow it.
        page.ask("And now?").await?;
        page.panel(0).wait_until("the next answer", "view(panels()[args]).text === 'still'").await?;
        let page = page.reload().await?;
        page.panel(0)
            .wait_until("its past", "panels()[args].querySelector('.past .thumbnail') !== null")
            .await?;
        page.press("#open-history").await?;
        let titled = "document.querySelector('#history .title')?.textContent.includes('And now?')";
        page.wait_until("its title", titled, Value::Null).await
    })
    .await;
}
