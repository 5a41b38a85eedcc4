export default function Page() {
  return <p>Stripe posts to /webhooks/stripe, Linear to /api/webhooks/linear.</p>;
}
