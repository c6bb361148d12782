//! Builds the npm package: compiles the crates to wasm, generates and patches the bindings, bundles the JavaScript, and
//! writes all of it to `pkg/`.

use std::collections::{BTreeSet, HashSet};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use xshell::cmd;

use crate::announce::VAIN;
use crate::project::{Project, WASM, say};
use crate::shorten::{self, Renamed};
use crate::{console, sizes, tools};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Release,
    Dev,
}

impl From<bool> for Profile {
    fn from(dev: bool) -> Self {
        if dev { Self::Dev } else { Self::Release }
    }
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }
}

/// A crate whose wasm is in the package.
struct Module {
    package: &'static str,
    features: &'static [&'static str],
    /// The name of its folder in the build directory, and of its inlined wasm in the package.
    name: &'static str,
    /// The name by which JavaScript sources import its generated bindings.
    alias: &'static str,
    /// Whether a new instance replaces one that trapped (`pkg-template/src/trap.js`).
    renews: bool,
}

/// Everything: the client, expressions and bulk runs.
const CORE: Module = Module {
    package: "okta-groups",
    features: &["expressions", "bulk"],
    name: "core",
    alias: "okta-groups-core",
    renews: true,
};
/// The client alone, from the same crate and the same JavaScript: `okta-groups/slim`.
const SLIM: Module = Module { features: &["npm"], name: "slim", ..CORE };
const EMULATOR: Module = Module {
    package: "okta-groups-emulator",
    features: &[],
    name: "emulator",
    alias: "okta-groups-emulator-core",
    renews: false,
};

/// The entries of the package.
const ENTRIES: [&str; 5] = ["index", "external", "slim", "auth", "emulator"];

/// Options of LLVM that prefer small code beyond `opt-level = "z"` (together 3 % of the core after brotli).
const LLVM: [&str; 4] = [
    // Copies a struct by one instruction, not word by word.
    "-max-store-memcpy=1",
    // A call in wasm is short, so inlining saves little.
    "-inline-call-penalty=40",
    // Keeps no values for the next iteration of a loop, or for a path that may not need them.
    "-disable-lsr",
    "-enable-load-pre=false",
];

/// The options of wasm-opt, with the wasm features that the package may use: every runtime of the package's `engines` has
/// had these since 2021, and rustc emits no others.
const WASM_OPT: [&str; 12] = [
    "-Oz",
    // The first kilobyte is the end of the stack, which rustc places first: no pointer to data leads there.
    "--low-memory-unused",
    // Inlining a large body into its only caller compresses worse than it saves (1 %).
    "--one-caller-inline-max-function-size=30",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--strip-producers",
    "--strip-target-features",
    shorten::OPTION,
];

const ESBUILD: [&str; 5] =
    ["--bundle", "--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning"];

/// The form of the written JavaScript.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Minified, for browsers, which download it.
    Short,
    /// Not minified, for Node (`index.node.js`), which prints the source line and the stack of an uncaught error.
    Readable,
}

impl Form {
    /// Shorter identifiers save 12 % of the core's JavaScript after brotli (6,206 to 5,448 bytes); keeping the names
    /// of functions and classes besides would lose all but 50 of them again.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Short => &["--minify-syntax", "--minify-identifiers"],
            Self::Readable => &[],
        }
    }

    /// The file names of a bundle.
    fn names(self) -> [&'static str; 2] {
        match self {
            Self::Short => ["--entry-names=[name]", "--chunk-names=core"],
            Self::Readable => ["--entry-names=[name].node", "--chunk-names=core.node"],
        }
    }

    /// The source that reads environment variables for `fromEnv`, which only Node has. It loads the entry `auth` on demand.
    fn environment(self) -> &'static str {
        match self {
            Self::Short => "no-env.js",
            Self::Readable => "env.js",
        }
    }

    /// The source that turns the main entry's text into the wasm. Node reads the wasm's file instead.
    fn bytes(self) -> &'static str {
        match self {
            Self::Short => "inline.js",
            Self::Readable => "beside.js",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Short => "js",
            Self::Readable => "node.js",
        }
    }
}

/// Builds the package in `pkg/` and prints its sizes.
pub fn build(project: &Project, profile: Profile) -> Result<()> {
    tools::wasm_target(project)?;
    tools::npm_ci(project, "xtask")?;
    tools::npm_ci(project, COMMAND)?;
    let core = bind(project, &CORE, profile)?;
    let slim = bind(project, &SLIM, profile)?;
    let emulator = bind(project, &EMULATOR, profile)?;
    // A name that no module contains was renamed by the toolchain, so its code is shipped: that fails the build.
    let elsewhere = |name: &&String| slim.vain.contains(*name) && emulator.vain.contains(*name);
    let vain: Vec<&str> = core.vain.iter().filter(elsewhere).map(String::as_str).collect();
    ensure!(vain.is_empty(), "xtask/src/snip.rs {}", vain.join(", "));

    say("laying the package out in pkg/");
    let dist = project.path("pkg/dist");
    project.sh.remove_path(&dist)?;
    project.sh.create_dir(&dist)?;
    let defined_of = |module: &Module, bound: &Bound| {
        let file = format!("{}_bg.wasm", module.name);
        let stamp = stamp(&bound.wasm, &dist.join(&file))?;
        let entry = if module.name == SLIM.name { "slim" } else { "external" };
        Ok::<_, anyhow::Error>(
            [
                stamp.defined(project)?,
                vec![
                    format!("--define:SLIM={}", module.name == SLIM.name),
                    format!("--define:ENTRY={:?}", format!("okta-groups/{entry}")),
                    format!("--define:WASM_FILE={:?}", format!("./{file}")),
                ],
            ]
            .concat(),
        )
    };
    let (defined, slim_defined) = (defined_of(&CORE, &core)?, defined_of(&SLIM, &slim)?);
    inline(project, &core.wasm, &dist.join("core-inline.js"))?;
    inline(project, &emulator.wasm, &dist.join("emulator-inline.js"))?;
    for form in [Form::Short, Form::Readable] {
        bundle(project, &CORE, &core.glue, &["index.js", "external.js"], &defined, &dist, form)?;
        bundle(project, &SLIM, &slim.glue, &["slim.js"], &slim_defined, &dist, form)?;
        bundle(project, &EMULATOR, &emulator.glue, &["emulator.js"], &[], &dist, form)?;
        let shared = format!("core.{}", form.extension());
        ensure!(dist.join(&shared).is_file(), "the entries share their code in one file, {shared}");
        alone(project, "auth", &dist, form)?;
    }
    squeeze(project)?;
    // Runtimes that cannot compile wasm import it as a module: Cloudflare's by its name, Vercel's with a query.
    let main = project.sh.read_file(dist.join("index.js"))?;
    for (file, wasm) in [("workerd.js", "./core_bg.wasm"), ("edge-light.js", "./core_bg.wasm?module")] {
        project.sh.write_file(dist.join(file), main.replace("./core-inline.js", wasm))?;
    }
    for entry in ENTRIES {
        common_js(project, &dist, entry)?;
    }
    command(project, &dist)?;
    types(project, &dist)?;
    root_files(project)?;
    console::build(project, profile)?;
    let sizes = sizes::measured(project, &dist)?;
    sizes::print(&sizes);
    match profile {
        Profile::Release => sizes::keep_budgets(&sizes),
        Profile::Dev => Ok(()),
    }
}

/// Makes the tarball of `pkg/` that would be published, in `folder`.
pub fn pack(project: &Project, folder: &Path) -> Result<PathBuf> {
    let _there = project.sh.push_dir(project.path("pkg"));
    let name =
        cmd!(project.sh, "npm pack --silent --ignore-scripts --pack-destination {folder}").quiet().read()?;
    Ok(folder.join(name))
}

struct Bound {
    wasm: PathBuf,
    glue: PathBuf,
    /// The names of functions and messages that the snipping of panics did not find in it.
    vain: HashSet<String>,
}

/// Compiles a crate and generates its bindings, in the build directory.
fn bind(project: &Project, module: &Module, profile: Profile) -> Result<Bound> {
    let Module { package, features, name, .. } = module;
    let profile_name = profile.name();
    // Cargo names the wasm by the crate alone: in one folder, two sets of features would recompile each other every time.
    let target = if *name == SLIM.name { project.target(name) } else { project.target("") };
    say(format_args!("compiling {package} to wasm: {name} ({profile_name})"));
    project
        .cargo()
        .args(["rustc", "--package", package, "--lib", "--crate-type", "cdylib", "--target", WASM])
        .args(["--profile", profile_name])
        .arg("--target-dir")
        .arg(&target)
        .args(features.iter().flat_map(|feature| ["--features", feature]))
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(project)?)
        .run()?;
    let compiled =
        target.join(WASM).join(profile.folder()).join(package.replace('-', "_")).with_extension("wasm");

    let out = project.target("npm").join(name);
    project.sh.remove_path(out.join("snippets"))?;
    let wasm_tools = tools::wasm_tools()?;
    let mut args: Vec<OsString> =
        vec!["bindgen".into(), compiled.into(), "--out-dir".into(), out.clone().into()];
    args.extend(
        ["--out-name", name, "--target", "web", "--omit-default-module-path", "--no-typescript"]
            .map(Into::into),
    );
    if module.renews {
        args.push("--experimental-reset-state-function".into());
    }
    project
        .sh
        .cmd(&wasm_tools)
        .args(args)
        .quiet()
        .run()
        .with_context(|| format!("wasm-bindgen of {package}"))?;
    share_snippets(project, &out)?;
    let glue = out.join(name).with_extension("js");
    trim(project, &glue)?;
    decode_when_used(project, &glue)?;
    if module.renews {
        guard_traps(project, &glue)?;
    }

    let bound = out.join(format!("{name}_bg.wasm"));
    match profile {
        Profile::Release => {
            let said = project.sh.cmd(&wasm_tools).arg("snip").arg(&bound).quiet().read()?;
            let (vain, won): (Vec<&str>, Vec<&str>) = said.lines().partition(|line| line.starts_with(VAIN));
            say(format_args!("{name}: {}", won.join("; ")));
            optimise(
                project,
                Bound { wasm: bound, glue, vain: vain.into_iter().map(str::to_owned).collect() },
            )
        }
        Profile::Dev => Ok(Bound { wasm: bound, glue, vain: HashSet::new() }),
    }
}

/// The flags of rustc: [`LLVM`]'s, and those that remove this machine's folders from the paths in panics, so that the
/// package does not depend on the folder that it was built in.
fn rustflags(project: &Project) -> Result<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    // Without HOME, cargo too asks the system for the user's home folder.
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registries = home.map(|home| home.join("registry/src")).filter(|folder| folder.is_dir());
    let mut folders = vec![project.path("")];
    if let Some(registries) = registries {
        folders.extend(project.sh.read_dir(registries)?);
    }
    let mut flags: Vec<_> =
        folders.iter().map(|folder| format!("--remap-path-prefix={}=", folder.display())).collect();
    // rustc names the standard library's installed sources if there are any, otherwise those that it was built from.
    let sysroot = cmd!(project.sh, "rustc --print sysroot").quiet().read()?;
    let commit = tools::rustc_says(project, "commit-hash: ")?.unwrap_or_default();
    flags.push(format!("--remap-path-prefix={sysroot}/lib/rustlib/src/rust=/rustc/{commit}"));
    flags.extend(LLVM.map(|option| format!("-Cllvm-args={option}")));
    Ok(flags.join("\u{1f}"))
}

/// wasm-bindgen copies the JS files that the Rust code imports. The hand-written JS imports the same files from
/// where they lie, so each copy becomes a pointer to its original: one error class, not two of a name.
fn share_snippets(project: &Project, out: &Path) -> Result<()> {
    let snippets = out.join("snippets");
    if !snippets.is_dir() {
        return Ok(());
    }
    for krate in project.sh.read_dir(&snippets)? {
        share_folder(project, &krate, &krate)?;
    }
    Ok(())
}

fn share_folder(project: &Project, krate: &Path, folder: &Path) -> Result<()> {
    for path in project.sh.read_dir(folder)? {
        if path.is_dir() {
            share_folder(project, krate, &path)?;
            continue;
        }
        let relative = path.strip_prefix(krate)?;
        let original = project.path(".").join(relative);
        if original.is_file() && fs::read(&original)? == fs::read(&path)? {
            let original = original.canonicalize()?;
            fs::write(&path, format!("export * from {:?};\n", original.to_string_lossy()))?;
        }
    }
    Ok(())
}

/// Removes from the bindings the functions that no source imports, and the second entry of a snippet that two Rust modules
/// import: wasm-bindgen 0.2.130 writes two equal entries into the import object, and bundlers warn of that.
fn trim(project: &Project, glue: &Path) -> Result<()> {
    let text = project.sh.read_file(glue)?;
    let mut seen = HashSet::new();
    let kept = text.lines().filter(|line| match line.trim_start().split_once(": import") {
        Some((module, _)) if module.starts_with('"') => seen.insert(module),
        _ => !line.starts_with("if (Symbol.dispose) "),
    });
    let kept: Vec<&str> = kept.collect();
    // Without a prototype: if a program has added `get` to Object.prototype, the descriptor would inherit it.
    let text = kept
        .join("\n")
        .replace("{ value: __wbg_instance_id,", "{ __proto__: null, value: __wbg_instance_id,");
    project.sh.write_file(glue, text)?;
    patch(
        project,
        glue,
        &[
            (
                "        if (Object.getPrototypeOf(module) === Object.prototype) {
            ({module} = module)
        } else {
            console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
        }
",
                "        ({module} = module)\n",
            ),
            (
                // A module of another realm fails `instanceof` here, and would be compiled as bytes.
                "if (!(module instanceof WebAssembly.Module)) {",
                "if (module[Symbol.toStringTag] !== 'WebAssembly.Module') {",
            ),
        ],
    )
}

/// Wraps the core's exports with `pkg-template/src/trap.js`: the bindings of wasm-bindgen 0.2.130 can make a new instance,
/// but do not detect a trap.
fn guard_traps(project: &Project, glue: &Path) -> Result<()> {
    patch(
        project,
        glue,
        &[
            ("wasm = instance.exports;", "wasm = guard(instance.exports);"),
            ("wasm = wasmInstance.exports;", "wasm = guard(wasmInstance.exports);"),
        ],
    )?;
    let text = project.sh.read_file(glue)?;
    let path = project.path("pkg-template/src/trap.js").canonicalize()?;
    Ok(project
        .sh
        .write_file(glue, format!("import {{ guard }} from {:?};\n{text}", path.to_string_lossy()))?)
}

/// Makes the TextDecoder and TextEncoder at their first use. The bindings of wasm-bindgen 0.2.130 make both at import, which
/// fails in a runtime without them (Jest's jsdom), also if the core is never used. All runtimes with the wasm's features have
/// `encodeInto`.
fn decode_when_used(project: &Project, glue: &Path) -> Result<()> {
    const DECODER: &str = "cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });";
    const READY: &str = "function __wbg_finalize_init(instance, module) {\n";
    const NO_ENCODE_INTO: &str = "\n\nif (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}";
    patch(
        project,
        glue,
        &[
            (&format!("let {DECODER}\ncachedTextDecoder.decode();"), "let cachedTextDecoder;"),
            ("const cachedTextEncoder = new TextEncoder();", "let cachedTextEncoder;"),
            (NO_ENCODE_INTO, ""),
            (READY, &format!("{READY}    {DECODER}\n    cachedTextEncoder = new TextEncoder();\n")),
        ],
    )
}

/// Replaces texts that must each occur once in the bindings. Fails if the bindings differ from the expected version.
fn patch(project: &Project, glue: &Path, replacements: &[(&str, &str)]) -> Result<()> {
    let mut text = project.sh.read_file(glue)?;
    for (found, replacement) in replacements {
        let count = text.matches(found).count();
        ensure!(count == 1, "{found:?} is {count} times in the bindings, not once");
        text = text.replace(found, replacement);
    }
    Ok(project.sh.write_file(glue, text)?)
}

/// Runs wasm-opt, which takes many seconds. The result is cached beside its input, with a hash of input and options.
fn optimise(project: &Project, bound: Bound) -> Result<Bound> {
    let Bound { wasm, glue, vain } = bound;
    let optimised = wasm.with_extension("opt.wasm");
    let (names_file, key_file) = (wasm.with_extension("opt.json"), wasm.with_extension("opt.key"));
    let mut hasher = DefaultHasher::new();
    fs::read(&wasm)?.hash(&mut hasher);
    WASM_OPT.hash(&mut hasher);
    fs::read(project.path("xtask/package-lock.json"))?.hash(&mut hasher);
    let key = format!("{:x}", hasher.finish());
    if !(optimised.is_file() && fs::read_to_string(&key_file).is_ok_and(|made_from| made_from == key)) {
        say(format_args!("optimising {} with wasm-opt -Oz", wasm.display()));
        let tool = project.npm_tool("wasm-opt").args(WASM_OPT).arg(&wasm).arg("--output").arg(&optimised);
        fs::write(&names_file, tool.quiet().read()?)?;
        fs::write(key_file, key)?;
    }
    let names = Renamed::read(&fs::read_to_string(names_file)?)?;
    let short = glue.with_extension("short.js");
    let long = fs::read_to_string(glue)?;
    let shortened = names.apply(&long)?;
    let size = |file: &Path| fs::metadata(file).map(|file| file.len());
    say(format_args!(
        "wasm-opt: {} bytes of wasm became {}; short names: {} bytes of bindings became {}",
        size(&wasm)?,
        size(&optimised)?,
        long.len(),
        shortened.len()
    ));
    fs::write(&short, shortened)?;
    Ok(Bound { wasm: optimised, glue: short, vain })
}

/// The build that a wasm file names in itself, so that the bindings of another build refuse it.
struct Stamp {
    build: String,
    file: PathBuf,
}

/// Copies the core, with the section `okta-groups` added, a text of the version and a hash.
fn stamp(wasm: &Path, to: &Path) -> Result<Stamp> {
    const CUSTOM: u8 = 0;
    const NAME: &str = "okta-groups";
    let mut bytes = fs::read(wasm)?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let build = format!("{}-{:016x}", env!("CARGO_PKG_VERSION"), hasher.finish());
    let length = |text: &str| u8::try_from(text.len()).ok().filter(|length| *length < 100);
    let lengths = length(NAME).zip(length(&build)).context("the stamp is too long")?;
    bytes.extend([CUSTOM, 1 + lengths.0 + lengths.1, lengths.0]);
    bytes.extend(NAME.bytes().chain(build.bytes()));
    fs::write(to, bytes)?;
    Ok(Stamp { build, file: to.to_owned() })
}

impl Stamp {
    /// The constants of the build that esbuild defines in the sources.
    fn defined(&self, project: &Project) -> Result<Vec<String>> {
        let script = project.path("xtask/js/integrity.mjs");
        let integrity = project.sh.cmd("node").arg(script).arg(&self.file).quiet().read()?;
        Ok(vec![
            format!("--define:WASM_BUILD={:?}", self.build),
            format!("--define:WASM_INTEGRITY={integrity:?}"),
        ])
    }
}

/// Minifies the files once more (4 % after brotli), except those whose comments mark pure calls for bundlers.
fn squeeze(project: &Project) -> Result<()> {
    let files = project.files("pkg/dist", |name| {
        let written = name.ends_with("-inline.js") || name.ends_with(Form::Readable.extension());
        name.ends_with(".js") && !written && name != "index.js"
    })?;
    for file in &files {
        let terser = project.npm_tool("terser").arg(file);
        terser
            .args(["--module", "--mangle", "--compress", "passes=3,ecma=2020"])
            .arg("--output")
            .arg(file)
            .quiet()
            .run()?;
    }
    Ok(())
}

/// Writes the wasm as a string in a JavaScript module, which `pkg-template/src/inline.js` reads.
fn inline(project: &Project, wasm: &Path, to: &Path) -> Result<()> {
    let alphabet: Vec<char> = (' '..='~').filter(|&char| !"\"$'<\\`".contains(char)).collect();
    let single = alphabet.len() - 2;
    let mut text = String::new();
    for byte in fs::read(wasm)?.into_iter().map(usize::from) {
        if byte >= single {
            let beyond = byte - single;
            text.extend([alphabet[single + beyond / alphabet.len()], alphabet[beyond % alphabet.len()]]);
        } else {
            text.push(alphabet[byte]);
        }
    }
    Ok(project.sh.write_file(to, format!("export default \"{text}\";\n"))?)
}

/// Bundles a hand-written source and the generated bindings to one ES module. Other files of the package stay imports.
fn bundle(
    project: &Project,
    module: &Module,
    glue: &Path,
    entries: &[&str],
    defined: &[String],
    dist: &Path,
    form: Form,
) -> Result<()> {
    let alias = format!("--alias:{}={}", module.alias, glue.display());
    let web = web_alias(project);
    let outdir = format!("--outdir={}", dist.display());
    let sources = project.path("pkg-template/src");
    project
        .npm_tool("esbuild")
        .args(entries.iter().map(|entry| sources.join(entry)))
        .args(ESBUILD)
        .args(form.options())
        .args(["--format=esm", "--platform=neutral", "--splitting"])
        .args(form.names())
        .args(["--external:./*-inline.js", "--external:okta-groups/auth"])
        .arg(format!("--alias:okta-groups-env={}", sources.join(form.environment()).display()))
        .arg(format!("--alias:okta-groups-inline={}", sources.join(form.bytes()).display()))
        .args(defined)
        .args([alias, web, outdir])
        .quiet()
        .run()?;
    Ok(())
}

/// Resolves the name `okta-groups-web` to `src/web`: the JavaScript that the crate's front end links, and that the package
/// needs, too.
fn web_alias(project: &Project) -> String {
    format!("--alias:okta-groups-web={}", project.path("src/web").display())
}

/// Bundles an entry without wasm separately: shared code would split the single file of the other entries.
fn alone(project: &Project, entry: &str, dist: &Path, form: Form) -> Result<()> {
    project
        .npm_tool("esbuild")
        .arg(project.path("pkg-template/src").join(entry).with_extension("js"))
        .args(ESBUILD)
        .args(form.options())
        .args(["--format=esm", "--platform=neutral"])
        .arg(web_alias(project))
        .arg(format!("--outfile={}", dist.join(entry).with_extension(form.extension()).display()))
        .quiet()
        .run()?;
    Ok(())
}

/// Defines `import.meta.url` for CommonJS, evaluated at its use, since a bundle for browsers has no `process`. Only for the
/// entries that use it, since Rspack warns of `__filename`.
const HERE: [&str; 2] = [
    "--define:import.meta.url=here.url",
    r#"--banner:js=const here={get url(){return process.getBuiltinModule("node:url").pathToFileURL(__filename)}};"#,
];

/// Writes the CommonJS form of an entry as one file that is not minified: Node and bundlers `require` it, and bundlers minify
/// their own output.
fn common_js(project: &Project, dist: &Path, entry: &str) -> Result<()> {
    let outfile = format!("--outfile={}", dist.join(entry).with_extension("cjs").display());
    let source = dist.join(entry).with_extension(Form::Readable.extension());
    let readable = project.sh.read_file(&source)?;
    // With `platform=node` esbuild lists the names exported in a form that Node's ES modules can import.
    project
        .npm_tool("esbuild")
        .arg(source)
        .args(ESBUILD)
        .args(["--format=cjs", "--platform=node"])
        // Bundlers for browsers read this file, too: only its form for Node loads the entry `auth`.
        .arg(format!("--alias:okta-groups/auth={}", project.path("pkg-template/src/no-auth.js").display()))
        .args(if readable.contains("import.meta.url") { &HERE[..] } else { &[] })
        .arg("--define:import.meta.dirname=undefined")
        .arg(outfile)
        .quiet()
        .run()?;
    if readable.contains("OktaGroups") {
        let for_node = format!(
            "'use strict';\nmodule.exports = require('./{entry}.cjs');\n\
             module.exports.OktaGroups[Symbol.for('okta-groups.auth')] = () => require('./auth.cjs');\n"
        );
        project.sh.write_file(dist.join(entry).with_extension("node.cjs"), for_node)?;
    }
    Ok(())
}

/// The sources of the command `okta-groups`, and the packages that are bundled into it.
pub const COMMAND: &str = "pkg-template/src/cli";

/// Bundles the command, the package's `bin`: one file with the small packages that it needs, and another for the proxy agent,
/// which the command loads only with a proxy. The package's own entries stay imports.
fn command(project: &Project, dist: &Path) -> Result<()> {
    let inputs = project.target("npm").join("command.json");
    let mut bundled = BTreeSet::new();
    let mut bundle = |name: &str, options: &[String]| -> Result<()> {
        let file = Path::new(name).with_extension("js");
        project
            .npm_tool("esbuild")
            .arg(project.path(COMMAND).join(&file))
            .args(ESBUILD)
            .args(["--format=esm", "--minify-syntax", "--minify-whitespace"])
            .args(options)
            .arg(format!("--metafile={}", inputs.display()))
            .arg(format!("--outfile={}", dist.join(&file).display()))
            .quiet()
            .run()?;
        let meta: Value = serde_json::from_str(&project.sh.read_file(&inputs)?)?;
        let files = meta["inputs"].as_object().context("esbuild names no inputs")?.keys();
        bundled.extend(files.filter_map(|file| package_of(file)));
        Ok(())
    };
    let own = |options: &[&str]| options.iter().map(|&option| option.to_owned()).collect::<Vec<_>>();
    // `neutral`, since the browser builds of `yaml` and `papaparse` are ES modules, whose unused code esbuild drops.
    let mut options = own(&["--platform=neutral", "--main-fields=module,main", "--external:node:*"]);
    options.extend(own(&["--external:stream", "--external:okta-groups", "--external:okta-groups/*"]));
    options.extend(own(&["--external:./cli-proxy.js", "--banner:js=#!/usr/bin/env node"]));
    options.push(format!("--define:CLI_VERSION={:?}", env!("CARGO_PKG_VERSION")));
    bundle("cli", &options)?;
    // undici is CommonJS, and loads Node's modules by `require`.
    let require = "--banner:js=import{createRequire}from'node:module';\
                   const require=createRequire(import.meta.url);";
    bundle("cli-proxy", &own(&["--platform=node", require]))?;
    licences(
        project,
        "The command okta-groups (cli.js, cli-proxy.js) holds these packages.",
        COMMAND,
        &bundled,
        &dist.join("cli.licences.txt"),
    )
}

/// The npm package that a bundled file belongs to.
pub fn package_of(file: &str) -> Option<String> {
    let (_, within) = file.rsplit_once("node_modules/")?;
    let parts = if within.starts_with('@') { 2 } else { 1 };
    Some(within.split('/').take(parts).collect::<Vec<_>>().join("/"))
}

/// Writes the licences of the packages that are bundled from a folder's `node_modules`, as these licences require.
pub fn licences(
    project: &Project,
    title: &str,
    sources: &str,
    bundled: &BTreeSet<String>,
    to: &Path,
) -> Result<()> {
    let mut text = format!("{title}\n");
    for name in bundled {
        let folder = format!("{sources}/node_modules/{name}");
        let manifest: Value =
            serde_json::from_str(&project.sh.read_file(project.path(&folder).join("package.json"))?)?;
        let said = |field: &str| manifest[field].as_str().unwrap_or_default().to_owned();
        text += &format!("\n{name} {}, {}\n", said("version"), said("license"));
        for file in project.files(&folder, |file| file.to_lowercase().starts_with("license"))? {
            text += &format!("\n{}\n", project.sh.read_file(file)?.trim());
        }
    }
    Ok(project.sh.write_file(to, text)?)
}

/// The hand-written types, and their copy for `require`.
fn types(project: &Project, dist: &Path) -> Result<()> {
    let files = project.files("pkg-template/types", |name| name.ends_with(".d.ts"))?;
    ensure!(!files.is_empty(), "pkg-template/types has no .d.ts files");
    for file in &files {
        let name = file.file_name().ok_or_else(|| anyhow!("a file without a name"))?.to_string_lossy();
        let text = project.sh.read_file(file)?;
        project.sh.write_file(dist.join(name.as_ref()), &text)?;
        let for_require = text.replace(".js\";", ".cjs\";").replace(".js';", ".cjs';");
        project.sh.write_file(dist.join(name.replace(".d.ts", ".d.cts")), for_require)?;
    }
    Ok(())
}

/// package.json with the workspace's version, the README and the licences.
fn root_files(project: &Project) -> Result<()> {
    let template = project.sh.read_file(project.path("pkg-template/package.json"))?;
    let no_version = r#""version": "0.0.0""#;
    ensure!(template.contains(no_version), "pkg-template/package.json must have {no_version}");
    let version = concat!(r#""version": ""#, env!("CARGO_PKG_VERSION"), '"');
    project.sh.write_file(project.path("pkg/package.json"), template.replace(no_version, version))?;
    let readme = project.files("pkg-template", |name| name.ends_with(".md"))?;
    let licences = project.files(".", |name| name.starts_with("LICENSE"))?;
    for file in readme.iter().chain(&licences) {
        project.sh.copy_file(file, project.path("pkg"))?;
    }
    // A folder for each entry serves tools that do not read `exports`: Parcel by default, and old tools.
    for entry in ENTRIES.into_iter().filter(|entry| *entry != "index") {
        let at = |extension| format!("../dist/{entry}.{extension}");
        let manifest = json!({
            "main": at("cjs"), "module": at("js"), "types": at("d.ts"), "sideEffects": false,
        });
        let folder = project.path("pkg").join(entry);
        project.sh.create_dir(&folder)?;
        project.sh.write_file(folder.join("package.json"), format!("{manifest:#}\n"))?;
    }
    Ok(())
}
