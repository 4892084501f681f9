/**
 * Inside the shadow root. What a page may change is a custom property, a part, or a slotted button; what a visitor
 * cannot do without is `!important`, which from here wins over the page.
 */
export const shadowStyles = `
:host{all:initial;--_bg:var(--beaconry-bg,#fff);--_fg:var(--beaconry-fg,#17181c);--_muted:var(--beaconry-muted,color-mix(in srgb,var(--_fg) 68%,var(--_bg)));--_border:var(--beaconry-border,color-mix(in srgb,var(--_fg) 14%,var(--_bg)));--_accent:var(--beaconry-accent,var(--_fg));--_on:var(--beaconry-on-accent,var(--_bg));--_radius:var(--beaconry-radius,1em);--_p:min(1.5em,6vw);color-scheme:var(--beaconry-scheme,inherit);font-size:max(.9375rem,15px);line-height:1.5;overflow-wrap:anywhere;hyphens:auto;font-family:var(--beaconry-font,inherit);color:var(--_fg)}
@supports(color:light-dark(red,red)){:host{--_bg:var(--beaconry-bg,light-dark(#fff,#1d1e22));--_fg:var(--beaconry-fg,light-dark(#17181c,#f3f4f6))}}
:host([layout]),dialog{box-sizing:border-box;padding:0;background:var(--_bg);border:1px solid var(--_border);border-radius:var(--_radius);box-shadow:0 .5em 2.5em rgb(0 0 0/.16);animation:f .3s}
:host([layout]){display:block;position:fixed;z-index:var(--beaconry-z,2147483647);inset-inline-start:16px;bottom:16px;width:min(28em,100% - 32px)}
:host(:not([layout])){display:contents!important}
:host(:not([layout])) #b{display:none}
#b,dialog[open]{display:flex;flex-direction:column;max-height:calc(100dvh - 32px)}
.s{overflow:auto;padding:var(--_p) var(--_p) 0}
h2{margin:0;font-size:1.125em;line-height:1.3;outline:0}
p{margin:.5em 0 0}
p,i,em{color:var(--_muted);font-style:normal}
p b{font-weight:400;color:var(--_fg)}
a{color:var(--_fg);text-underline-offset:.2em}
[part=actions]{flex:none;display:flex;flex-wrap:wrap;gap:.5em;padding:var(--_p);padding-top:1.25em}
::slotted(button),[part=close]{min-width:44px!important;min-height:44px!important;opacity:1!important;visibility:visible!important}
::slotted(button){display:block!important;flex:1 1 7.5em!important}
::slotted([slot=manage]){flex-basis:100%!important}
::slotted(button:focus-visible),:focus-visible{outline:2px solid var(--_fg)!important;outline-offset:2px!important;box-shadow:0 0 0 2px var(--_bg)!important}
dialog{width:min(38em,100% - 32px);max-width:none;margin:auto;color:inherit}
dialog::backdrop{background:rgb(0 0 0/.45)}
dialog p{margin:0 0 1em}
dialog [part=actions]{border-top:1px solid var(--_border);padding-block:1.25em}
[part=close]{border:0;margin:-.5em;background:none;color:inherit;font:1.75em/1 sans-serif;cursor:pointer}
fieldset{margin:.5em 0 0;border:0;padding:0}
label,.t{display:flex;align-items:center;gap:1em}
label{padding:.75em 0;cursor:pointer}
label+label{border-top:1px solid var(--_border)}
span,h2{flex:1}
i{display:block;font-size:.9375em}
em{font-size:.9375em;margin:.25em}
input{flex:none;font:inherit;display:grid;align-items:center;appearance:none;margin:0;width:3em;height:3em;border-radius:.5em;color:var(--_muted);cursor:inherit}
input::before,input::after{content:"";grid-area:1/1;border:2px solid;border-radius:1em;height:1.4em}
input::after{width:0;height:0;border-width:.5em;margin-inline-start:.33em}
input:checked::before{background:var(--_accent);border-color:var(--_accent)}
input:checked::after{margin-inline-start:1.67em;border-color:var(--_on)}
input:disabled{opacity:.45}
:host([layout=bar]){inset:auto 0 0;width:auto;border-width:1px 0 0;border-radius:0}
:host([layout=inline]){position:relative;inset:auto;z-index:auto;width:auto;box-shadow:none}
:host([layout=inline]) [part=actions]{max-width:28em}
[role=status]{position:fixed;clip-path:inset(50%)}
@media(min-width:56em){:host([layout=bar]) #b{flex-direction:row;align-items:center;max-width:80em;margin:auto}:host([layout=bar]) .s{flex:1;padding-block:var(--_p)}:host([layout=bar]) [part=actions]{flex-wrap:nowrap}:host([layout=bar]) ::slotted(button){flex:0 0 11.5em!important}}
@media(max-height:28em){:host{--_p:.8em}[part=actions]{border-top:1px solid var(--_border);padding-top:.8em}dialog[open]{display:block}}
@media(prefers-reduced-motion:no-preference){input::after{transition:margin .15s}}
@media print{:host{display:none!important}}
@keyframes f{0%{opacity:0}}`;

/**
 * In the page, for the slotted buttons: by so little weight that any class of the page's own wins, but no reset of
 * `button`.
 */
export const pageStyles = `
beaconry-consent>button{all:revert;appearance:none;margin:0;border:1px solid var(--_accent);border-radius:min(var(--_radius),.65em);padding:.5em .75em;background:var(--_accent);color:var(--_on);font:inherit;font-weight:600;line-height:1.3;cursor:pointer}
beaconry-consent>button:where([slot=manage],[slot$="2"]){border-color:var(--_border);background:none;color:var(--_fg)}
beaconry-consent>button:hover{background-image:linear-gradient(color-mix(in srgb,currentColor 12%,transparent) 0 0)}
beaconry-consent a{color:inherit}`;
