/** The banner has faded in by then, and the pointer may be where it looks different for good reason. */
const LOOK_AFTER_MS = 1000;
const LOOKS = /font|color|background|border|padding|max|opacity|^height/;

/** Tells the owner when the page's styles make a refusal look less welcome than consent. */
export function warnUnequal(host: Element): void {
  setTimeout(() => {
    const [reject, accept] = ['reject', 'accept'].map((slot) => host.querySelector(`[slot=${slot}]`));
    if (!reject || !accept || !host.matches('[layout]:not(:hover)')) return;
    const [one, other] = [getComputedStyle(reject), getComputedStyle(accept)];
    const unequal = [...one].filter(
      (look) => LOOKS.test(look) && one.getPropertyValue(look) !== other.getPropertyValue(look),
    );
    if (unequal.length)
      console.warn(`beaconry: "accept" and "reject" have to look alike; your styles differ in ${unequal.join(', ')}`);
  }, LOOK_AFTER_MS);
}
