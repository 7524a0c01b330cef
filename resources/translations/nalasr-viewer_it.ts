<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="it" sourcelanguage="en">
<context>
    <name>CompareView</name>
    <message>
        <source>Picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag to move, turn the wheel to zoom, hold the space bar to see the picture before</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Comparison</name>
    <message>
        <source>Bicubic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Original pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lanczos</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Drop pictures or folders here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You will see what upscaling takes, time and memory, before anything runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open pictures …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one or several pictures (Ctrl+O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a picture or files from the clipboard (Ctrl+V)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JobQueue</name>
    <message>
        <source>reading …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused at %1%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done, not saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Pixel under the cursor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue finished: %1 done, %2 failed, %3 cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cannot be shown: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving … %1%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving was cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No models were found: choose a .safetensors file in the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 – NaLaSR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>x %1  y %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1    before %2    after %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open &amp;folder …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save &amp;as …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove from the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Upscale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscale &amp;all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side &amp;by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Result only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Flip before and after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the picture before; or hold the space bar (F5)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Divider follows the mouse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Double size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;List of pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Previous picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pre&amp;ferences …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About NaLaSR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the result is compared with: an interpolation, an earlier result (of another model or scale), or any picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another picture …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About NaLaSR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscales pictures as a whole, never in tiles, in an amount of memory that is known before.

Build: %1, %2
Qt %3
WebP, TIFF, BMP (OpenCV): %4
CMYK and colour profiles (Little CMS): %5
CUDA: %6

MIT licence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.jp2 *.pgm *.ppm *.pnm);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no picture on the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp);;TIFF (*.tif *.tiff);;BMP (*.bmp);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” is no format that can be written: use png, jpg, webp, tif or bmp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The original is never overwritten: choose another name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models (*.safetensors)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no model: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Work is in progress.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing cancels it. No partial files are left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are results that were not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing throws them away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stay</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MemoryBars</name>
    <message>
        <source>Memory compared with other methods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>computed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lengths are logarithmic: each grid line is ten times the one before.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MemoryChart</name>
    <message>
        <source>Memory during the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in use, %2 predicted at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>main memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>predicted peak %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>limit %1 (far above)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PictureFacts</name>
    <message>
        <source>grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> + transparency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 × %2 · %3 bit %4 · %5</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PictureLoader</name>
    <message>
        <source>not enough memory to show the picture</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beside the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Always in this folder:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where results go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is the picture&apos;s name, {scale} the factor, {model} the model, {width} and {height} the size, {date} today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Example of a name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That of the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality as a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality (JPEG, WebP)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the system tells, else sRGB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour profile of the screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Screen profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ICC profiles (*.icc *.icm)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holiday.jpg becomes %1.%2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueDelegate</name>
    <message>
        <source>, about %1 left</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscale all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscale every picture of the list into the output folder (Ctrl+Shift+Return)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the picture under way and all that wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the chosen picture again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the chosen picture off the list (Del); the file stays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder, names, format and quality of the results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State of the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n done</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n failed</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n waiting</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Finished in %1: %2 done, %3 failed, %4 cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultPanel</name>
    <message>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the result by the output settings (Ctrl+S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Computed” bars are formulas for the same network and picture, not runs. Lengths are logarithmic.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same picture by other methods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save again …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 × %2 in %3 · %4 on %5 (%6)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak %1 measured, %2 predicted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NaLaSR, this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Same network, eager</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softmax, FlashAttention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softmax, whole matrix</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop at once; no partial file stays behind (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscaling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused at %1%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · about %1 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · measuring the pace …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on where it stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop computing for now; the memory stays taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in use</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Name of the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Expected time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicted peak memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does it fit?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it will take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscale this picture (Ctrl+Return)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network that upscales</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many times larger each side becomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The most a run may take, obeyed or refused beforehand; automatic: nine tenths of what is free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> GiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;cale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory &amp;limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another file …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No colour profile (shown as sRGB)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Profile: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled; no file was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscale again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upscale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measuring this machine …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 at its peak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ Fits: %1 may be taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✗ Does not fit into %1: raise the limit, close other programs, or choose a smaller scale</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WorkerProcess</name>
    <message>
        <source>the job could not be started: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the job ended unexpectedly (signal %1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the system may have run out of memory: set a memory limit, or close other programs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>please report this, with the picture if you can</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the job ended without a result (code %1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Upscales pictures and compares before and after.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pictures or folders to open</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
