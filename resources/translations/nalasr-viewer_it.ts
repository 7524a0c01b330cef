<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="it" sourcelanguage="en">
<context>
    <name>Device</name>
    <message>
        <source>Graphics card</source>
        <translation>Scheda grafica</translation>
    </message>
</context>
<context>
    <name>Duration</name>
    <message>
        <source>under a second</source>
        <translation>meno di un secondo</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>circa %1</translation>
    </message>
</context>
<context>
    <name>PictureFacts</name>
    <message>
        <source>grey</source>
        <translation>grigi</translation>
    </message>
    <message>
        <source> + transparency</source>
        <translation> + trasparenza</translation>
    </message>
    <message>
        <source>%1 × %2 · %3 bit %4 · %5</source>
        <translation>%1 × %2 · %3 bit %4 · %5</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Upscales pictures and compares before and after.</source>
        <translation>Ingrandisce immagini e confronta il prima e il dopo.</translation>
    </message>
    <message>
        <source>pictures or folders to open</source>
        <translation>immagini o cartelle da aprire</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::CompareView</name>
    <message>
        <source>Picture</source>
        <translation>Immagine</translation>
    </message>
    <message>
        <source>Drag to move, turn the wheel to zoom, hold the space bar to see the picture before</source>
        <translation>Trascina per spostare, ruota la rotellina per lo zoom, tieni premuta la barra spaziatrice per vedere il prima</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::Comparison</name>
    <message>
        <source>Bicubic</source>
        <translation>Bicubica</translation>
    </message>
    <message>
        <source>Original pixels</source>
        <translation>Pixel originali</translation>
    </message>
    <message>
        <source>Lanczos</source>
        <translation>Lanczos</translation>
    </message>
    <message>
        <source>%1 (to be computed)</source>
        <translation>%1 (da calcolare)</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::EmptyPage</name>
    <message>
        <source>Drop pictures or folders here</source>
        <translation>Trascina qui immagini o cartelle</translation>
    </message>
    <message>
        <source>You will see what upscaling takes, time and memory, before anything runs.</source>
        <translation>Vedrai quanto tempo e quanta memoria servono prima che parta qualcosa.</translation>
    </message>
    <message>
        <source>Open pictures …</source>
        <translation>Apri immagini …</translation>
    </message>
    <message>
        <source>Choose one or several pictures (Ctrl+O)</source>
        <translation>Scegli una o più immagini (Ctrl+O)</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Incolla</translation>
    </message>
    <message>
        <source>Take a picture or files from the clipboard (Ctrl+V)</source>
        <translation>Prendi un’immagine o dei file dagli appunti (Ctrl+V)</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Recenti</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::JobQueue</name>
    <message>
        <source>reading …</source>
        <translation>lettura …</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>in attesa</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>paused at %1%</source>
        <translation>in pausa al %1%</translation>
    </message>
    <message>
        <source>done, not saved yet</source>
        <translation>fatto, non ancora salvato</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fatto</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>non riuscito: %1</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>annullato</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::MainWindow</name>
    <message>
        <source>Pixel under the cursor</source>
        <translation>Pixel sotto il puntatore</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Reading a picture</source>
        <translation>Lettura di un’immagine</translation>
    </message>
    <message>
        <source>Queue finished: %1 done, %2 failed, %3 cancelled</source>
        <translation>Coda terminata: %1 fatte, %2 non riuscite, %3 annullate</translation>
    </message>
    <message>
        <source>%1 cannot be shown: %2</source>
        <translation>Impossibile mostrare %1: %2</translation>
    </message>
    <message>
        <source>Saving … %1%</source>
        <translation>Salvataggio … %1%</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>Salvato come %1</translation>
    </message>
    <message>
        <source>Saving was cancelled</source>
        <translation>Salvataggio annullato</translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>Impossibile scrivere %1: %2</translation>
    </message>
    <message>
        <source>No models were found: choose a .safetensors file in the settings</source>
        <translation>Nessun modello trovato: scegli un file .safetensors nelle impostazioni</translation>
    </message>
    <message>
        <source>%1 – NaLaSR</source>
        <translation>%1 – NaLaSR</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>&amp;Continua</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pausa</translation>
    </message>
    <message>
        <source>x %1  y %2</source>
        <translation>x %1  y %2</translation>
    </message>
    <message>
        <source>%1    before %2    after %3</source>
        <translation>%1    prima %2    dopo %3</translation>
    </message>
    <message>
        <source>&amp;Open …</source>
        <translation>&amp;Apri …</translation>
    </message>
    <message>
        <source>Open &amp;folder …</source>
        <translation>Apri &amp;cartella …</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Incolla</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Salva</translation>
    </message>
    <message>
        <source>Save &amp;as …</source>
        <translation>Salva &amp;con nome …</translation>
    </message>
    <message>
        <source>&amp;Remove from the list</source>
        <translation>&amp;Rimuovi dall’elenco</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Esci</translation>
    </message>
    <message>
        <source>&amp;Upscale</source>
        <translation>&amp;Ingrandisci</translation>
    </message>
    <message>
        <source>Upscale &amp;all</source>
        <translation>Ingrandisci &amp;tutte</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Annulla</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>&amp;Riprova</translation>
    </message>
    <message>
        <source>&amp;Split</source>
        <translation>&amp;Diviso</translation>
    </message>
    <message>
        <source>Side &amp;by side</source>
        <translation>A&amp;ffiancato</translation>
    </message>
    <message>
        <source>&amp;Result only</source>
        <translation>Solo &amp;risultato</translation>
    </message>
    <message>
        <source>&amp;Flip before and after</source>
        <translation>&amp;Alterna prima e dopo</translation>
    </message>
    <message>
        <source>Show the picture before; or hold the space bar (F5)</source>
        <translation>Mostra il prima; oppure tieni premuta la barra spaziatrice (F5)</translation>
    </message>
    <message>
        <source>&amp;Divider follows the mouse</source>
        <translation>Il di&amp;visore segue il mouse</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>&amp;Ingrandisci la vista</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Rid&amp;uci la vista</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>A&amp;datta</translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation>Dimensione &amp;reale</translation>
    </message>
    <message>
        <source>&amp;Double size</source>
        <translation>Dimensione d&amp;oppia</translation>
    </message>
    <message>
        <source>&amp;List of pictures</source>
        <translation>&amp;Elenco delle immagini</translation>
    </message>
    <message>
        <source>&amp;Panel</source>
        <translation>&amp;Pannello</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>Sc&amp;hermo intero</translation>
    </message>
    <message>
        <source>&amp;Next picture</source>
        <translation>Immagine &amp;successiva</translation>
    </message>
    <message>
        <source>&amp;Previous picture</source>
        <translation>Immagine &amp;precedente</translation>
    </message>
    <message>
        <source>Pre&amp;ferences …</source>
        <translation>Pre&amp;ferenze …</translation>
    </message>
    <message>
        <source>&amp;About NaLaSR</source>
        <translation>&amp;Informazioni su NaLaSR</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;File</translation>
    </message>
    <message>
        <source>&amp;Recent</source>
        <translation>&amp;Recenti</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Esecuzione</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Vista</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Aiuto</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Strumenti</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Confronta con</translation>
    </message>
    <message>
        <source>Before:</source>
        <translation>Prima:</translation>
    </message>
    <message>
        <source>Another picture …</source>
        <translation>Un’altra immagine …</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Svuota</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>sì</translation>
    </message>
    <message>
        <source>no</source>
        <translation>no</translation>
    </message>
    <message>
        <source>About NaLaSR</source>
        <translation>Informazioni su NaLaSR</translation>
    </message>
    <message>
        <source>Upscales pictures as a whole, never in tiles, in an amount of memory that is known before.

Build: %1, %2
Qt %3
WebP, TIFF, BMP (OpenCV): %4
CMYK and colour profiles (Little CMS): %5
CUDA: %6

MIT licence</source>
        <translation>Ingrandisce le immagini intere, mai a riquadri, con una quantità di memoria nota in anticipo.

Compilazione: %1, %2
Qt %3
WebP, TIFF, BMP (OpenCV): %4
CMYK e profili colore (Little CMS): %5
CUDA: %6

Licenza MIT</translation>
    </message>
    <message>
        <source>Open pictures</source>
        <translation>Apri immagini</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.jp2 *.pgm *.ppm *.pnm);;All files (*)</source>
        <translation>Immagini (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.jp2 *.pgm *.ppm *.pnm);;Tutti i file (*)</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>Apri una cartella</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard</source>
        <translation>Negli appunti non c’è nessuna immagine</translation>
    </message>
    <message>
        <source>clipboard</source>
        <translation>appunti</translation>
    </message>
    <message>
        <source>Save the result</source>
        <translation>Salva il risultato</translation>
    </message>
    <message>
        <source>PNG (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp);;TIFF (*.tif *.tiff);;BMP (*.bmp);;All files (*)</source>
        <translation>PNG (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp);;TIFF (*.tif *.tiff);;BMP (*.bmp);;Tutti i file (*)</translation>
    </message>
    <message>
        <source>“%1” is no format that can be written: use png, jpg, webp, tif or bmp</source>
        <translation>Il formato «%1» non può essere scritto: usa png, jpg, webp, tif o bmp</translation>
    </message>
    <message>
        <source>The original is never overwritten: choose another name</source>
        <translation>L’originale non viene mai sovrascritto: scegli un altro nome</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Scegli un modello</translation>
    </message>
    <message>
        <source>Models (*.safetensors)</source>
        <translation>Modelli (*.safetensors)</translation>
    </message>
    <message>
        <source>%1 is no model: %2</source>
        <translation>%1 non è un modello: %2</translation>
    </message>
    <message>
        <source>Work is in progress.</source>
        <translation>C’è un lavoro in corso.</translation>
    </message>
    <message>
        <source>Closing cancels it. No partial files are left.</source>
        <translation>Chiudendo viene annullato. Non restano file incompleti.</translation>
    </message>
    <message>
        <source>There are results that were not saved.</source>
        <translation>Ci sono risultati non salvati.</translation>
    </message>
    <message>
        <source>Closing throws them away.</source>
        <translation>Chiudendo andranno persi.</translation>
    </message>
    <message>
        <source>Close all the same</source>
        <translation>Chiudi comunque</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>Resta</translation>
    </message>
    <message>
        <source>%1 has a result that was not saved.</source>
        <translation>%1 ha un risultato non salvato.</translation>
    </message>
    <message>
        <source>Removing it from the list throws the result away.</source>
        <translation>Togliendola dall’elenco il risultato andrà perso.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Rimuovi</translation>
    </message>
    <message>
        <source>Nothing new to compare with: cancelled</source>
        <translation>Nessun nuovo confronto: annullato</translation>
    </message>
    <message>
        <source>Nothing new to compare with: %1</source>
        <translation>Nessun nuovo confronto: %1</translation>
    </message>
    <message>
        <source>What the result is compared with: an interpolation, an earlier result, the result of another model (made when you choose it), or any picture</source>
        <translation>Con che cosa si confronta il risultato: un’interpolazione, un risultato precedente, il risultato di un altro modello (calcolato quando lo si sceglie) o un’immagine qualsiasi</translation>
    </message>
    <message>
        <source>Choose that again when this picture is done</source>
        <translation>Sceglilo di nuovo quando questa immagine è pronta</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::MemoryBars</name>
    <message>
        <source>Memory compared with other methods</source>
        <translation>Memoria a confronto con altri metodi</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1: %2, %3</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>misurato</translation>
    </message>
    <message>
        <source>computed</source>
        <translation>calcolato</translation>
    </message>
    <message>
        <source>Lengths are logarithmic: each grid line is ten times the one before.</source>
        <translation>Le lunghezze sono logaritmiche: ogni linea vale dieci volte la precedente.</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::MemoryChart</name>
    <message>
        <source>Memory during the run</source>
        <translation>Memoria durante l’esecuzione</translation>
    </message>
    <message>
        <source>%1 in use, %2 predicted at most</source>
        <translation>%1 in uso, al massimo %2 previsti</translation>
    </message>
    <message>
        <source>main memory</source>
        <translation>memoria centrale</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in uso</translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation>memoria GPU</translation>
    </message>
    <message>
        <source>predicted peak %1</source>
        <translation>picco previsto %1</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>limite %1</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>GPU memory: %1 in use, %2 predicted at most; main memory: %3 in use</source>
        <translation>Memoria GPU: %1 in uso, al massimo %2 previsti; memoria principale: %3 in uso</translation>
    </message>
    <message>
        <source>predicted GPU peak %1</source>
        <translation>picco GPU previsto %1</translation>
    </message>
    <message>
        <source>GPU limit %1</source>
        <translation>limite GPU %1</translation>
    </message>
    <message>
        <source>%1 (far above)</source>
        <translation>%1 (molto più su)</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::PictureLoader</name>
    <message>
        <source>not enough memory to show the picture</source>
        <translation>memoria insufficiente per mostrare l’immagine</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>Preferenze</translation>
    </message>
    <message>
        <source>Beside the picture</source>
        <translation>Accanto all’immagine</translation>
    </message>
    <message>
        <source>Always in this folder:</source>
        <translation>Sempre in questa cartella:</translation>
    </message>
    <message>
        <source>Where results go</source>
        <translation>Dove vanno i risultati</translation>
    </message>
    <message>
        <source>Output folder</source>
        <translation>Cartella dei risultati</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>Scegli …</translation>
    </message>
    <message>
        <source>Name of results</source>
        <translation>Nome dei risultati</translation>
    </message>
    <message>
        <source>{name} is the picture&apos;s name, {scale} the factor, {model} the model, {width} and {height} the size, {date} today</source>
        <translation>{name} è il nome dell’immagine, {scale} il fattore, {model} il modello, {width} e {height} le dimensioni, {date} la data di oggi</translation>
    </message>
    <message>
        <source>Example of a name</source>
        <translation>Esempio di nome</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Formato</translation>
    </message>
    <message>
        <source>That of the picture</source>
        <translation>Quello dell’immagine</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualità</translation>
    </message>
    <message>
        <source>Quality as a number</source>
        <translation>Qualità come numero</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Risultati</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Cartella</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nome</translation>
    </message>
    <message>
        <source>Quality (JPEG, WebP)</source>
        <translation>Qualità (JPEG, WebP)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Come il sistema</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Chiaro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Scuro</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aspetto</translation>
    </message>
    <message>
        <source>What the system tells, else sRGB</source>
        <translation>Quello indicato dal sistema, altrimenti sRGB</translation>
    </message>
    <message>
        <source>Colour profile of the screen</source>
        <translation>Profilo colore dello schermo</translation>
    </message>
    <message>
        <source>Looks</source>
        <translation>Visualizzazione</translation>
    </message>
    <message>
        <source>Screen profile</source>
        <translation>Profilo dello schermo</translation>
    </message>
    <message>
        <source>ICC profiles (*.icc *.icm)</source>
        <translation>Profili ICC (*.icc *.icm)</translation>
    </message>
    <message>
        <source>holiday.jpg</source>
        <translation>vacanza.jpg</translation>
    </message>
    <message>
        <source>%1 becomes %2.%3</source>
        <translation>%1 diventa %2.%3</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::QueueDelegate</name>
    <message>
        <source>, %1 left</source>
        <translation>, ancora %1</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::QueuePanel</name>
    <message>
        <source>Pictures</source>
        <translation>Immagini</translation>
    </message>
    <message>
        <source>Upscale all</source>
        <translation>Ingrandisci tutte</translation>
    </message>
    <message>
        <source>Upscale every picture of the list into the output folder (Ctrl+Shift+Return)</source>
        <translation>Ingrandisci tutte le immagini dell’elenco nella cartella dei risultati (Ctrl+Maiusc+Invio)</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausa</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>Metti in pausa o continua</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annulla</translation>
    </message>
    <message>
        <source>Cancel the picture under way and all that wait</source>
        <translation>Annulla l’immagine in corso e tutte quelle in attesa</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Riprova</translation>
    </message>
    <message>
        <source>Try the chosen picture again</source>
        <translation>Riprova con l’immagine scelta</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Rimuovi</translation>
    </message>
    <message>
        <source>Take the chosen picture off the list (Del); the file stays</source>
        <translation>Togli l’immagine scelta dall’elenco (Canc); il file resta</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Risultati</translation>
    </message>
    <message>
        <source>Folder, names, format and quality of the results</source>
        <translation>Cartella, nomi, formato e qualità dei risultati</translation>
    </message>
    <message>
        <source>State of the queue</source>
        <translation>Stato della coda</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continua</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n immagine</numerusform>
            <numerusform>%n immagini</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n done</source>
        <translation>
            <numerusform> · %n fatta</numerusform>
            <numerusform> · %n fatte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n failed</source>
        <translation>
            <numerusform> · %n non riuscita</numerusform>
            <numerusform> · %n non riuscite</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n waiting</source>
        <translation>
            <numerusform> · %n in attesa</numerusform>
            <numerusform> · %n in attesa</numerusform>
        </translation>
    </message>
    <message>
        <source>Finished in %1: %2 done, %3 failed, %4 cancelled</source>
        <translation>Terminato in %1: %2 fatte, %3 non riuscite, %4 annullate</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Rimuovi dall’elenco</translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation>Apri la sua cartella</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::ResultPanel</name>
    <message>
        <source>Result</source>
        <translation>Risultato</translation>
    </message>
    <message>
        <source>Write the result by the output settings (Ctrl+S)</source>
        <translation>Scrivi il risultato secondo le preferenze (Ctrl+S)</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>Picco di memoria</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Avvisi</translation>
    </message>
    <message>
        <source>“Computed” bars are formulas for the same network and picture, not runs. Lengths are logarithmic.</source>
        <translation>Le barre «calcolato» vengono da formule per la stessa rete e la stessa immagine, non da esecuzioni. Lunghezze logaritmiche.</translation>
    </message>
    <message>
        <source>Memory of this run</source>
        <translation>Memoria di questa esecuzione</translation>
    </message>
    <message>
        <source>The same picture by other methods</source>
        <translation>La stessa immagine con altri metodi</translation>
    </message>
    <message>
        <source>Save again …</source>
        <translation>Salva di nuovo …</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Salva</translation>
    </message>
    <message>
        <source>%1 × %2 in %3 · %4 on %5 (%6)</source>
        <translation>%1 × %2 in %3 · %4 su %5 (%6)</translation>
    </message>
    <message>
        <source>Peak %1 measured, %2 predicted</source>
        <translation>Picco %1 misurato, %2 previsto</translation>
    </message>
    <message>
        <source>NaLaSR, this run</source>
        <translation>NaLaSR, ora</translation>
    </message>
    <message>
        <source>Same network, eager</source>
        <translation>Stessa rete, eager</translation>
    </message>
    <message>
        <source>Softmax, FlashAttention</source>
        <translation>Softmax, Flash</translation>
    </message>
    <message>
        <source>Softmax, whole matrix</source>
        <translation>Softmax, matrice</translation>
    </message>
    <message>
        <source>%1: peak %2 measured, %3 predicted</source>
        <translation>%1: picco %2 misurato, %3 previsto</translation>
    </message>
    <message>
        <source>Main memory</source>
        <translation>Memoria principale</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::RunPanel</name>
    <message>
        <source>Progress</source>
        <translation>Avanzamento</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>Tempo rimanente</translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation>Memoria in uso</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annulla</translation>
    </message>
    <message>
        <source>Stop at once; no partial file stays behind (Esc)</source>
        <translation>Ferma subito; non resta nessun file incompleto (Esc)</translation>
    </message>
    <message>
        <source>Upscaling</source>
        <translation>Ingrandimento</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation>In attesa del suo turno</translation>
    </message>
    <message>
        <source>Paused at %1%</source>
        <translation>In pausa al %1%</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source> · measuring the pace …</source>
        <translation> · misuro il ritmo …</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continua</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausa</translation>
    </message>
    <message>
        <source>Go on where it stopped</source>
        <translation>Continua da dove si è fermato</translation>
    </message>
    <message>
        <source>Stop computing for now; the memory stays taken</source>
        <translation>Sospendi il calcolo; la memoria resta occupata</translation>
    </message>
    <message>
        <source>%1 in use</source>
        <translation>%1 in uso</translation>
    </message>
    <message>
        <source>Upscaling with %1, to compare</source>
        <translation>Ingrandimento con %1, per confronto</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · ancora %1</translation>
    </message>
    <message>
        <source>%1: %2 in use</source>
        <translation>%1: %2 in uso</translation>
    </message>
    <message>
        <source>Main memory</source>
        <translation>Memoria principale</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::SidePanel</name>
    <message>
        <source>Name of the picture</source>
        <translation>Nome dell’immagine</translation>
    </message>
    <message>
        <source>About the picture</source>
        <translation>Informazioni sull’immagine</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problema</translation>
    </message>
    <message>
        <source>Size of the result</source>
        <translation>Dimensioni del risultato</translation>
    </message>
    <message>
        <source>Expected time</source>
        <translation>Tempo previsto</translation>
    </message>
    <message>
        <source>Predicted peak memory</source>
        <translation>Picco di memoria previsto</translation>
    </message>
    <message>
        <source>Does it fit?</source>
        <translation>Ci sta?</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Risultato</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>What it will take</source>
        <translation>Che cosa servirà</translation>
    </message>
    <message>
        <source>Upscale this picture (Ctrl+Return)</source>
        <translation>Ingrandisci questa immagine (Ctrl+Invio)</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modello</translation>
    </message>
    <message>
        <source>The network that upscales</source>
        <translation>La rete che ingrandisce</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Fattore</translation>
    </message>
    <message>
        <source>How many times larger each side becomes</source>
        <translation>Di quante volte cresce ogni lato</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>Limite di memoria</translation>
    </message>
    <message>
        <source>The most a run may take, obeyed or refused beforehand; automatic: nine tenths of what is free</source>
        <translation>Il massimo che un’esecuzione può usare, rispettato o rifiutato in anticipo; automatico: nove decimi di quella libera</translation>
    </message>
    <message>
        <source> GiB</source>
        <translation> GiB</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatico</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modello</translation>
    </message>
    <message>
        <source>S&amp;cale</source>
        <translation>Fa&amp;ttore</translation>
    </message>
    <message>
        <source>Memory &amp;limit</source>
        <translation>&amp;Limite mem.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Impostazioni</translation>
    </message>
    <message>
        <source>Another file …</source>
        <translation>Un altro file …</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>Lettura …</translation>
    </message>
    <message>
        <source>No colour profile (shown as sRGB)</source>
        <translation>Nessun profilo colore (mostrata come sRGB)</translation>
    </message>
    <message>
        <source>Profile: %1</source>
        <translation>Profilo: %1</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>Non ha funzionato: %1</translation>
    </message>
    <message>
        <source>Cancelled; no file was written.</source>
        <translation>Annullato; nessun file è stato scritto.</translation>
    </message>
    <message>
        <source>Upscale again</source>
        <translation>Ingrandisci di nuovo</translation>
    </message>
    <message>
        <source>Upscale</source>
        <translation>Ingrandisci</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>measuring this machine …</source>
        <translation>misuro questo computer …</translation>
    </message>
    <message>
        <source>%1 at its peak</source>
        <translation>%1 al massimo</translation>
    </message>
    <message>
        <source>✓ Fits: %1 may be taken</source>
        <translation>✓ Ci sta: disponibili %1</translation>
    </message>
    <message>
        <source>✗ Does not fit into %1: raise the limit, close other programs, or choose a smaller scale</source>
        <translation>✗ Non ci sta in %1: alza il limite, chiudi altri programmi o scegli un fattore minore</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Dispositivo</translation>
    </message>
    <message>
        <source>What computes: the graphics card where it is there, or the processor</source>
        <translation>Che cosa calcola: la scheda grafica se c’è, oppure il processore</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>&amp;Dispositivo</translation>
    </message>
    <message>
        <source>Graphics card (GPU)</source>
        <translation>Scheda grafica (GPU)</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>Processore (CPU)</translation>
    </message>
    <message>
        <source>%1 of the graphics card, %2 of main memory</source>
        <translation>%1 della scheda grafica, %2 di memoria principale</translation>
    </message>
    <message>
        <source>✓ Fits into the memory of the %1</source>
        <translation>✓ Ci sta nella memoria di %1</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::WorkerProcess</name>
    <message>
        <source>the job could not be started: %1</source>
        <translation>impossibile avviare il lavoro: %1</translation>
    </message>
    <message>
        <source>the job ended unexpectedly (signal %1)</source>
        <translation>il lavoro è terminato in modo imprevisto (segnale %1)</translation>
    </message>
    <message>
        <source>the system may have run out of memory: set a memory limit, or close other programs</source>
        <translation>il sistema potrebbe aver esaurito la memoria: imposta un limite o chiudi altri programmi</translation>
    </message>
    <message>
        <source>please report this, with the picture if you can</source>
        <translation>segnalalo, se possibile con l’immagine</translation>
    </message>
    <message>
        <source>the job ended without a result (code %1)</source>
        <translation>il lavoro è terminato senza risultato (codice %1)</translation>
    </message>
</context>
</TS>
