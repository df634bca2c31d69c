import { render } from "preact";

const App = () => <p>valetkey</p>;
const root = document.getElementById("app");
if (root) render(<App />, root);
