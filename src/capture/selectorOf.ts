/** How deep a selector goes: enough to find the element again, too little to map the page. */
const MAX_STEPS = 4;

/** An id that was written by hand: generated ones change with every build, and those made from data may name a person. */
export const PLAIN_ID = /^[a-z][a-z_-]*\d{0,3}$/i;

/** A CSS path from the nearest ancestor with a plain id, or from a few levels up. */
export function selectorOf(element: Element): string {
  const steps: string[] = [];
  for (let node: Element | null = element; node && steps.length < MAX_STEPS; node = node.parentElement) {
    if (PLAIN_ID.test(node.id)) {
      steps.unshift(`#${node.id}`);
      break;
    }
    let index = 1;
    for (let other = node.previousElementSibling; other && index < 100; other = other.previousElementSibling) {
      if (other.localName === node.localName) index++;
    }
    steps.unshift(index > 1 ? `${node.localName}:nth-of-type(${index})` : node.localName);
  }
  return steps.join('>');
}
