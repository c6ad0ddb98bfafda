/** The style of all pages of the forge: plain, small, light or dark as the browser is. */
export const style = `
:root { color-scheme: light dark;
  --ground: light-dark(#f4f6f6, #101617); --card: light-dark(#fff, #172022);
  --line: light-dark(#d8dfdf, #2b383a); --ink: light-dark(#142225, #e4ecec);
  --quiet: light-dark(#56686b, #93a6a8); --accent: light-dark(#0b6b74, #4fc3cc);
  --on: light-dark(#fff, #06262a); --green: light-dark(#1a7f4b, #53c68c);
  --red: light-dark(#b3362c, #f08a80); --violet: light-dark(#6b4fb8, #b09bf0);
  --plus: light-dark(#e3f5ea, #12301f); --minus: light-dark(#fbe9e7, #3a1d1a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
.note { background: var(--accent); color: var(--on); padding: 4px 16px; font-size: 13px; text-align: center; }
header, main { max-width: 1000px; margin: 0 auto; padding: 0 16px; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: center; padding-top: 14px; padding-bottom: 14px; }
header b { font-size: 17px; } header nav { display: flex; gap: 16px; }
h1 { font-size: 22px; line-height: 1.3; margin: 8px 0 4px; } h2 { font-size: 16px; margin: 24px 0 8px; }
.quiet { color: var(--quiet); } .small { font-size: 13px; } code, pre, textarea, .mono { font: 13px/1.5 ui-monospace, monospace; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; margin: 8px 0 16px; }
.row { display: flex; gap: 4px 16px; padding: 8px 14px; border-top: 1px solid var(--line); align-items: baseline; flex-wrap: wrap; }
.row:first-child { border-top: 0; } .row .grow { flex: 1 1 240px; min-width: 0; }
.pad { padding: 14px; } .bar { display: flex; gap: 8px; flex-wrap: wrap; align-items: center; margin: 12px 0; }
.tag { border-radius: 99px; padding: 2px 10px; font-size: 13px; color: var(--card); background: var(--quiet); }
.tag.open { background: var(--green); } .tag.merged { background: var(--violet); } .tag.closed { background: var(--red); }
pre { margin: 0; padding: 12px 14px; overflow-x: auto; white-space: pre; overflow-wrap: normal; }
pre.wrap { white-space: pre-wrap; font: inherit; } .diff pre { padding: 0 0 8px; }
.diff pre span { display: block; padding: 0 14px; min-width: max-content; }
.diff .add { background: var(--plus); } .diff .del { background: var(--minus); } .diff .at { color: var(--quiet); padding-top: 6px; }
.plus { color: var(--green); } .minus { color: var(--red); }
button, .button { font: inherit; border: 1px solid var(--line); border-radius: 6px; padding: 7px 16px; background: var(--card); color: var(--ink); cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on); font-weight: 600; }
button:focus-visible, a:focus-visible, input:focus-visible, textarea:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
label { display: block; margin: 12px 0; } label span { display: block; font-weight: 600; margin-bottom: 4px; }
label.inline { margin: 6px 0; } label.inline span { display: inline; font-weight: 400; }
input[type=text], textarea { width: 100%; padding: 8px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--ink); font-size: 14px; }
.problem { border-color: var(--red); color: var(--red); }
`;
