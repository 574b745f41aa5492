// The page of the simulated front panels.
export const PANEL_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated front panels</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header>
<h1>Simulated front panels</h1>
<p class="faint">Each card is the screen and the switches of one laser. Nothing here goes over the network.</p>
</header>
<main>
<div id="units" class="grid"></div>
<p id="none" class="card">No unit yet. Start some with <code>npm run fleet</code>.</p>
</main>
<script type="module" src="/page.js"></script>
</body>
</html>
`;
