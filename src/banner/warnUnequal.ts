const LOOKS = [
  'font-size',
  'font-weight',
  'color',
  'background-color',
  'background-image',
  'border-top-width',
  'border-top-color',
  'opacity',
  'height',
];

/** Tells the owner when the page's styles make a refusal look less welcome than consent. */
export function warnUnequal(reject: Element, accept: Element): void {
  const [one, other] = [getComputedStyle(reject), getComputedStyle(accept)];
  const differing = LOOKS.filter((look) => one.getPropertyValue(look) !== other.getPropertyValue(look));
  const [narrow, wide] = [one, other].map(({ width }) => Number.parseFloat(width)).sort((a, b) => a - b) as [
    number,
    number,
  ];
  if (narrow < wide * 0.9) differing.push('width');
  if (differing.length)
    console.warn(
      `beaconry: "accept" and "reject" have to look the same; your styles give them another ${differing.join(', ')}`,
    );
}
