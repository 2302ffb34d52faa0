//! The page's clocks: `performance.now()` for durations, `Date.now()` to notice sleep.

use std::time::Duration;

use futures::future::LocalBoxFuture;

use crate::{call::Now, engine::transport::Clock};

/// The longest timer that browsers keep: they count milliseconds in 31 bits.
const LONGEST_TIMER_MS: u64 = i32::MAX as u64;

pub struct PageClock {
    performance: Option<web_sys::Performance>,
}

impl PageClock {
    pub fn new() -> Self {
        Self { performance: web_sys::window().and_then(|window| window.performance()) }
    }
}

impl Default for PageClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for PageClock {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole milliseconds of a positive time"
    )]
    fn now(&self) -> Now {
        let wall_ms = js_sys::Date::now() as u64;
        let ms = self.performance.as_ref().map_or(wall_ms, |performance| performance.now() as u64);
        Now { ms, wall_ms }
    }

    fn sleep_until(&self, ms: u64) -> LocalBoxFuture<'static, ()> {
        let wait = ms.saturating_sub(self.now().ms).min(LONGEST_TIMER_MS);
        Box::pin(gloo_timers::future::sleep(Duration::from_millis(wait)))
    }
}

/// A day and a time as people of that language write them.
pub fn date_text(epoch_ms: u64, language: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
    let date = js_sys::Date::new(&(epoch_ms as f64).into());
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // A plain object takes any field.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string(language, &options).into()
}

/// On the wall clock, in milliseconds since 1970.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time after 1970")]
pub fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// A month of a year, as a heading.
pub fn month_text(year: i32, month: u32, language: &str) -> String {
    let date = js_sys::Date::new_with_year_month(u32::try_from(year).unwrap_or_default(), month as i32 - 1);
    let options = js_sys::Object::new();
    for (name, value) in [("year", "numeric"), ("month", "long")] {
        // A plain object takes any field.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string(language, &options).into()
}

/// How many minutes the local time is ahead of UTC at that moment.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "minutes of a day; exact enough"
)]
pub fn ahead_of_utc(epoch_ms: u64) -> i32 {
    -js_sys::Date::new(&(epoch_ms as f64).into()).get_timezone_offset() as i32
}
