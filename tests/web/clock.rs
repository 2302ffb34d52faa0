//! The page's clocks.

use tutti::{browser::PageClock, engine::transport::Clock};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_clock_waits_and_goes_forward() {
    let clock = PageClock::new();
    let before = clock.now();
    clock.sleep_until(before.ms + 20).await;
    let after = clock.now();
    assert!(after.ms >= before.ms + 20);
    assert!(before.wall_ms > 1_600_000_000_000);
}
