#!/bin/sh
# Rebuilds ui/static and ui/assets from the npm packages they come from. Run from the project folder; see README.md here.
set -eu
python=${PYTHON:-python}
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
npm install --prefix "$packages" --no-audit --no-fund world-atlas@2.0.2 @fontsource-variable/inter@5.3.0

inter="$packages/node_modules/@fontsource-variable/inter"
mkdir -p ui/static/fonts ui/static/basemap ui/assets
for subset in latin latin-ext cyrillic greek vietnamese; do
    cp "$inter/files/inter-$subset-wght-normal.woff2" ui/static/fonts/
done
cp "$inter/LICENSE" ui/static/fonts/OFL.txt

"$python" -m ui.build.basemap "$packages/node_modules/world-atlas"
"$python" -m ui.build.styles
"$python" -m ui.build.glyphs
"$python" -m ui.build.brand
