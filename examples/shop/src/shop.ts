import { addToCart, countOf, readCart } from './cart.ts';

declare global {
  /** The tracker that the script tag made, or until then the stub that queues for it. */
  var beaconry: { track(name: string, data?: Record<string, unknown>): void };
}

for (const link of document.querySelectorAll<HTMLAnchorElement>('.top nav a')) {
  if (link.pathname === location.pathname) link.ariaCurrent = 'page';
}

showCount();
// Back from the checkout by the back button: the page is restored as it was, the basket may have changed.
addEventListener('pageshow', showCount);

const product = document.querySelector<HTMLElement>('#product');
if (product) sell(product);

document.querySelector<HTMLFormElement>('#contact-form')?.addEventListener('submit', (event) => {
  const topic = new FormData(event.target as HTMLFormElement).get('topic');
  // The page leaves in this very moment; the event arrives all the same.
  beaconry.track('contact_request', { topic });
});

function sell(element: HTMLElement): void {
  const { id = '', name = '' } = element.dataset;
  const price = Number(element.dataset.price);
  const quantity = () => Number(element.querySelector<HTMLSelectElement>('#quantity')?.value ?? 1);
  const said = element.querySelector('#added');

  element.querySelector('#add-to-cart')?.addEventListener('click', () => {
    addToCart(id, quantity());
    beaconry.track('add_to_cart', { product: id, price, currency: 'EUR', quantity: quantity() });
    showCount();
    if (said) said.textContent = `${quantity()} × ${name} in the basket.`;
  });

  // A link: the browser leaves for the checkout right after this.
  element.querySelector('#buy-now')?.addEventListener('click', () => {
    addToCart(id, quantity());
    beaconry.track('begin_checkout', { product: id, value: price * quantity(), currency: 'EUR' });
  });
}

function showCount(): void {
  const badge = document.querySelector<HTMLElement>('#cart-count');
  if (!badge) return;
  const count = countOf(readCart());
  badge.textContent = String(count);
  badge.ariaLabel = `${count} pieces`;
}
