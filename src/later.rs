//! Code that the first screen does without.
//!
//! A release (`cargo xtask dist`, feature `split`) is cut in two: what is needed to show the first screen, to
//! ask and to read an answer, and a part of the same program in the same memory, fetched when somebody begins to
//! use the page (`ui/rest.rs` says when). What is written in `later!` goes to that part, with everything that only it calls and all
//! strings and tables that only it names. In every other build these are plain functions, always there.
//!
//! Behind `else` stands what happens while the part is not here: nothing may depend on its coming in time.

#[cfg(feature = "split")]
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "split")]
static IS_HERE: AtomicBool = AtomicBool::new(false);

/// Whether what stands in `later!` can be called.
#[cfg(feature = "split")]
pub fn is_here() -> bool {
    IS_HERE.load(Ordering::Relaxed)
}

/// Whether what stands in `later!` can be called.
#[cfg(not(feature = "split"))]
pub fn is_here() -> bool {
    true
}

/// The part has been put into this program's memory.
#[cfg(feature = "split")]
pub fn arrived() {
    IS_HERE.store(true, Ordering::Relaxed);
}

/// Functions of the part, each with four hexadecimal digits of its own, which the linker compares.
///
/// xtask's splitter knows the two names: what calls the first calls the second, in the part.
macro_rules! later {
    ($(
        $(#[$about:meta])*
        $id:literal $sight:vis fn $name:ident $([$life:lifetime])? ($($argument:ident: $of:ty),* $(,)?) $(-> $answer:ty)?
        $now:block else $absent:block
    )*) => {$(
        $(#[$about])*
        #[cfg(not(feature = "split"))]
        $sight fn $name$(<$life>)?($($argument: $of),*) $(-> $answer)? {
            $now
        }

        $(#[$about])*
        #[cfg(feature = "split")]
        $sight fn $name$(<$life>)?($($argument: $of),*) $(-> $answer)? {
            #[link(wasm_import_module = "__wasm_split_placeholder__")]
            unsafe extern "C" {
                #[allow(improper_ctypes)]
                #[link_name = concat!("__wasm_split_00later00_import_0000000000000000000000000000", $id)]
                safe fn import$(<$life>)?($($argument: $of),*) $(-> $answer)?;
            }
            #[allow(improper_ctypes_definitions)]
            #[unsafe(export_name = concat!("__wasm_split_00later00_export_0000000000000000000000000000", $id))]
            extern "C" fn export$(<$life>)?($($argument: $of),*) $(-> $answer)? {
                $now
            }
            if !$crate::later::is_here() {
                return $absent;
            }
            import($($argument),*)
        }
    )*};
}
#[cfg_attr(not(target_arch = "wasm32"), allow(unused_imports))]
pub(crate) use later;
