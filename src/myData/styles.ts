/** Looks are set by the same custom properties as the banner's. */
export const styles = `
:host{all:initial;--_bg:var(--beaconry-bg,#fff);--_fg:var(--beaconry-fg,#17181c);--_muted:var(--beaconry-muted,color-mix(in srgb,var(--_fg) 68%,var(--_bg)));--_border:var(--beaconry-border,color-mix(in srgb,var(--_fg) 14%,var(--_bg)));--_accent:var(--beaconry-accent,var(--_fg));--_on:var(--beaconry-on-accent,var(--_bg));--_radius:var(--beaconry-radius,1em);--_soft:color-mix(in srgb,var(--_fg) 4%,var(--_bg));display:block;box-sizing:border-box;max-width:54em;padding:clamp(1.125em,4%,1.75em);container-type:inline-size;background:var(--_bg);border:1px solid var(--_border);border-radius:var(--_radius);color-scheme:var(--beaconry-scheme,inherit);font-size:max(.9375rem,15px);line-height:1.5;font-family:var(--beaconry-font,inherit);color:var(--_fg);overflow-wrap:anywhere}
@supports(color:light-dark(red,red)){:host{--_bg:var(--beaconry-bg,light-dark(#fff,#1d1e22));--_fg:var(--beaconry-fg,light-dark(#17181c,#f3f4f6))}}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box}
h2,h3,h4,p,dl,dd,ul{margin:0;padding:0}
h2{font-size:1.375em;line-height:1.3}
h3{font-size:1.0625em;margin-block:2em .75em}
h4{font-size:1em}
p{margin-block-start:.5em;text-wrap:pretty}
p,dt,time,small{color:var(--_muted)}
small{font-size:.9375em}
a{color:var(--_fg);text-underline-offset:.2em}
ul,.sums{list-style:none;border:1px solid var(--_border);border-radius:min(var(--_radius),.75em);overflow:hidden}
li{padding:.875em 1.125em}
li+li{border-block-start:1px solid var(--_border)}
.sums{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.5em,1fr));gap:1px;margin-block:1.25em;background:var(--_border)}
.sums div{display:flex;flex-direction:column-reverse;justify-content:flex-end;padding:.75em 1.125em;background:var(--_soft)}
.sums dd{font-size:1.5em;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.row{display:flex;flex-wrap:wrap;align-items:center;gap:.25em 1em}
.row>:first-child{flex:1}
.actions{display:flex;flex-wrap:wrap;gap:.625em;margin-block-start:1em}
button{appearance:none;margin:0;min-height:44px;padding:.5em 1em;border:1px solid var(--_border);border-radius:min(var(--_radius),.65em);background:none;color:inherit;font:inherit;font-weight:600;line-height:1.3;cursor:pointer}
button.main{background:var(--_accent);border-color:var(--_accent);color:var(--_on)}
button:hover{background-image:linear-gradient(color-mix(in srgb,currentColor 10%,transparent) 0 0)}
:focus-visible{outline:2px solid var(--_fg);outline-offset:2px}
h2:focus{outline:0}
#ask{margin-block-start:1em;padding:1em 1.125em;border:1px solid var(--_fg);border-radius:min(var(--_radius),.75em);background:var(--_soft)}
#ask p{margin:0;color:inherit}
[role=status]:empty{display:none}
[role=status]{margin-block-start:1em;padding-inline-start:.875em;border-inline-start:3px solid var(--_accent);color:inherit}
.badge{flex:none;padding:.125em .75em;border:1px solid var(--_border);border-radius:1em;font-size:.9375em}
.badge.granted{background:var(--_accent);border-color:var(--_accent);color:var(--_on)}
.facts{display:grid;grid-template-columns:fit-content(10em) 1fr;gap:.25em 1.25em;margin-block-start:.5em}
.part{grid-column:1/-1}
.part>.facts{margin:0 0 .25em;padding-inline-start:1em;border-inline-start:2px solid var(--_border)}
dd time{color:inherit}
dd{min-width:0;unicode-bidi:plaintext;text-align:start}
[dir=rtl] dd{text-align:right}
code{font:.9375em ui-monospace,monospace}
summary{display:flex;flex-wrap:wrap;align-items:center;gap:0 .75em;min-height:44px;cursor:pointer;list-style:none;border-radius:.25em}
summary::-webkit-details-marker{display:none}
summary::before{content:"";flex:none;width:.4375em;height:.4375em;border:solid var(--_muted);border-width:0 2px 2px 0;transform:rotate(-45deg);margin-inline:.125em}
[dir=rtl] summary::before{transform:rotate(135deg)}
[open]>summary::before{transform:rotate(45deg)!important}
li>details{margin-block:-.375em}
summary>b{font-weight:600}
summary>span{flex:1 1 10em;color:var(--_muted)}
details>.facts{padding-block:.25em .75em}
summary>time{font-variant-numeric:tabular-nums}
@container(max-width:34em){.facts{grid-template-columns:fit-content(6.5em) 1fr;column-gap:.75em}li{padding-inline:.875em}.sums div{padding-inline:.75em}.actions button{flex:auto}summary>time{flex:1 0 calc(100% - 2em)}summary>time+b{margin-inline-start:1.375em}}
@container(min-width:42em){li>details>summary{display:grid;grid-template-columns:auto 13em 9em 1fr}}
[part=empty]{margin:0;padding:1.25em;border:1px dashed var(--_border);border-radius:min(var(--_radius),.75em);text-align:center}
ul+p,p+ul{margin-block-start:.75em}
@media(forced-colors:active){.badge.granted{forced-color-adjust:none;background:Highlight;color:HighlightText}}
@media(prefers-reduced-motion:no-preference){summary::before{transition:transform .15s}}
@media print{button{display:none}}`;
