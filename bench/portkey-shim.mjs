// Portkey's gateway sets headers on the answer that fetch gave it; Node's fetch gives them read-only, and every stream ends
// as "TypeError: immutable". A copy of the answer has headers that can be set; body and status are the same.
const original = globalThis.fetch;
globalThis.fetch = async (...call) => {
  const answer = await original(...call);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
};
